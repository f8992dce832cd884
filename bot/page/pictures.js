// Pictures that are chosen, before they are sent: shown small, and taken out again with one press.
const SIDE = 144;

// Draws instead of linking to the file: the page's policy allows pictures from the console alone.
async function draw(canvas, file) {
  canvas.width = canvas.height = SIDE;
  try {
    const image = await createImageBitmap(file);
    const scale = Math.max(SIDE / image.width, SIDE / image.height);
    const [width, height] = [image.width * scale, image.height * scale];
    canvas.getContext("2d").drawImage(image, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
  } catch {
    canvas.classList.add("unreadable");
  }
}

export function setFiles(input, files) {
  const chosen = new DataTransfer();
  for (const file of files) chosen.items.add(file);
  input.files = chosen.files;
  input.dispatchEvent(new Event("change", {bubbles: true}));
}

export function preview(input, place) {
  input.addEventListener("change", () => {
    place.replaceChildren(...[...input.files].map((file, at) => {
      const figure = document.createElement("figure");
      const canvas = document.createElement("canvas");
      const remove = document.createElement("button");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", file.name);
      remove.type = "button";
      remove.textContent = "×";
      remove.setAttribute("aria-label", `Leave out ${file.name}`);
      remove.addEventListener("click", () => {
        setFiles(input, [...input.files].filter((_, other) => other !== at));
        input.focus();
      });
      figure.append(canvas, remove);
      draw(canvas, file);
      return figure;
    }));
  });
}
