"""The base model: found, checked, and loaded in 4 or 16 bits."""

import importlib.util
import json
import os
import struct
from pathlib import Path
from typing import Any

from gorod_trainer.config import Job
from gorod_trainer.errors import BadInputError
from gorod_trainer.profiles import Profile, choose, prepare

_HEADER_LIMIT = 100 << 20


def check_devices(job: Job) -> None:
    """Refuses to go on where GPUs were asked for and none is to be seen."""
    import torch

    if job.resources.gpus == 0:
        return
    if not torch.cuda.is_available():
        built = torch.version.cuda
        why = f"PyTorch {torch.__version__} sees no GPU (built for CUDA {built})" if built else "PyTorch lacks CUDA"
        raise BadInputError(
            f"resources.gpus is {job.resources.gpus}, but {why}: look at nvidia-smi on the node and at what "
            "cluster.setup loads, ask for a partition with GPUs, or set resources.gpus: 0 to train on the CPU"
        )
    if torch.cuda.device_count() < job.resources.gpus:
        raise BadInputError(
            f"resources.gpus is {job.resources.gpus}, but only {torch.cuda.device_count()} can be seen here "
            f"(CUDA_VISIBLE_DEVICES={os.environ.get('CUDA_VISIBLE_DEVICES', 'is not set')})"
        )


def check_weights(folder: Path) -> None:
    """Names the shard that is missing or damaged before minutes are spent on loading."""
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        try:
            names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
        except (ValueError, KeyError, AttributeError, TypeError) as e:
            raise BadInputError(f"{index} is damaged: {e}") from e
        if any(not isinstance(name, str) or Path(name).name != name for name in names):
            raise BadInputError(f"{index} is damaged: it names a file that is none of the folder's")
    else:
        names = sorted(p.name for p in folder.glob("*.safetensors"))
    if not names:
        raise BadInputError(f"{folder} has no *.safetensors")
    for name in names:
        check_shard(folder / name)


def check_shard(path: Path) -> None:
    """Compares a file of safetensors with what its header says."""
    try:
        size = path.stat().st_size
        with path.open("rb") as f:
            (length,) = struct.unpack("<Q", f.read(8))
            if length > min(size, _HEADER_LIMIT):
                raise BadInputError(f"{path} is damaged: its header is said to have {length} bytes")
            header = json.loads(f.read(length))
        end = max((t["data_offsets"][1] for n, t in header.items() if n != "__metadata__"), default=0)
    except FileNotFoundError:
        raise BadInputError(f"{path} is missing; the index of the model names it") from None
    except (OSError, struct.error, ValueError, KeyError, TypeError, AttributeError) as e:
        raise BadInputError(f"{path} is damaged: {e}; download it again") from e
    if 8 + length + end != size:
        raise BadInputError(f"{path} is damaged: it has {size} bytes and should have {8 + length + end}")


def locate(job: Job) -> str:
    """The folder of the base model, or its id on Hugging Face."""
    name = job.base.model
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise BadInputError(f"base.model: {folder} has no config.json")
        check_weights(folder)
        return str(folder.resolve())
    if folder.is_absolute() or name.startswith((".", "~")) or name.count("/") != 1:
        raise BadInputError(f"base.model: there is no folder {name}")
    return name


def _pretrained(job: Job) -> dict[str, Any]:
    return {"revision": job.base.revision or None, "trust_remote_code": job.base.trust_remote_code}


def load_tokenizer(job: Job, name: str) -> tuple[Any, Profile]:
    """The tokenizer with the profile's chat template and end token."""
    from transformers import AutoConfig, AutoTokenizer

    try:
        config = AutoConfig.from_pretrained(name, **_pretrained(job))
        tokenizer = AutoTokenizer.from_pretrained(name, **_pretrained(job))
    except (OSError, ValueError, KeyError, ImportError) as e:
        raise BadInputError(f"base.model: {name} cannot be read: {e}") from e
    if not tokenizer.is_fast:
        raise BadInputError(f"base.model: {name} has no tokenizer.json; the marks of replies need it")
    profile = choose(job, config, tokenizer)
    prepare(tokenizer, profile, job.base.template)
    return tokenizer, profile


def compute_dtype(job: Job) -> Any:
    """bfloat16 where the GPU has it, float16 on older ones, float32 on the CPU."""
    import torch

    if job.resources.gpus == 0:
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16


def quantization(dtype: Any, storage: Any = None) -> Any:
    """NF4 with double quantization."""
    import torch
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
        bnb_4bit_quant_storage=storage or torch.uint8,
    )


def has_flash_attention(job: Job) -> bool:
    """Reports whether FlashAttention can be used."""
    return job.resources.gpus > 0 and importlib.util.find_spec("flash_attn") is not None


def load(job: Job, name: str, profile: Profile, sharded: bool = False) -> Any:
    """The base model as it is trained against; sharded where FSDP spreads it over the GPUs."""
    dtype = compute_dtype(job)
    options: dict[str, Any] = {
        "dtype": dtype,
        "attn_implementation": "flash_attention_2" if has_flash_attention(job) else profile.attention,
    }
    if job.method.kind == "qlora":
        # FSDP moves 4-bit weights as if they were of the type of all others.
        options["quantization_config"] = quantization(dtype, dtype if sharded else None)
    if not sharded:
        options["device_map"] = {"": int(os.environ.get("LOCAL_RANK", "0")) if job.resources.gpus else "cpu"}
    return _keep_weights(_from_pretrained(name, {**_pretrained(job), **options}))


def _keep_weights(model: Any) -> Any:
    """On some CPUs bitsandbytes repacks 4-bit weights for evaluation and rounds their scales for good.

    Training would then depend on when an evaluation was, and could not be resumed exactly.
    """
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False
    return model


def _from_pretrained(name: str, options: dict[str, Any]) -> Any:
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM

    try:
        return AutoModelForCausalLM.from_pretrained(name, **options)
    except (SafetensorError, OSError) as e:
        raise BadInputError(f"base.model: {name} cannot be loaded: {e}") from e


def load_for_merge(job: Job, name: str) -> Any:
    """The base in 16 bits: its own weights, or those that 4-bit training saw."""
    import torch
    from transformers import AutoConfig

    kept = getattr(AutoConfig.from_pretrained(name, **_pretrained(job)), "dtype", None)
    dtype = torch.float16 if kept == torch.float16 else torch.bfloat16
    options: dict[str, Any] = {**_pretrained(job), "dtype": dtype, "device_map": {"": "cpu"}}
    if job.export.merge_base == "w16" or job.method.kind != "qlora":
        return _from_pretrained(name, options)
    options["quantization_config"] = quantization(compute_dtype(job))
    model = _from_pretrained(name, options).dequantize()
    model.config.__dict__.pop("quantization_config", None)
    return model.to(dtype)
