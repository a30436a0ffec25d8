"""
Trains on the exercise in the folder of its first argument with PyTorch on one thread. For each line `N` on standard
input it takes N steps and prints {"cpuSeconds", "loss"}; it ends with its input. The twin of model.ts and ours.ts.
"""

import json
import math
import sys
import time
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.nn import functional as F

RATE, DECAY, BETAS, VOCABULARY, PREPARED_STEPS = 1e-3, 0.1, (0.9, 0.99), 256, 4096


class RootMeanSquareNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


class Block(nn.Module):
    def __init__(self, size, norm, bias):
        super().__init__()
        width, context = size["width"], size["context"]
        self.heads = size["heads"]
        self.attentionNorm = norm(width)
        self.attentionIn = nn.Linear(width, 3 * width, bias=bias)
        self.attentionOut = nn.Linear(width, width, bias=bias)
        self.hiddenNorm = norm(width)
        self.hiddenIn = nn.Linear(width, 4 * width, bias=bias)
        self.hiddenOut = nn.Linear(4 * width, width, bias=bias)
        self.classic = size["style"] == "classic"
        mask = torch.full((context, context), float("-inf")).triu(1)
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, x):
        x = x + self.attentionOut(self.attend(self.attentionIn(self.attentionNorm(x))))
        hidden = self.hiddenIn(self.hiddenNorm(x))
        active = F.gelu(hidden) if self.classic else F.relu(hidden).square()
        return x + self.hiddenOut(active)

    def attend(self, joined):
        batch, context, width = joined.shape[0], joined.shape[1], joined.shape[2] // 3
        q, k, v = (part.view(batch, context, self.heads, -1).transpose(1, 2) for part in joined.split(width, dim=2))
        if hasattr(F, "scaled_dot_product_attention"):
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            scores = (q * (1 / math.sqrt(q.shape[-1]))) @ k.transpose(-2, -1) + self.mask
            mixed = F.softmax(scores, dim=-1) @ v
        return mixed.transpose(1, 2).reshape(batch, context, width)


class Model(nn.Module):
    def __init__(self, size):
        super().__init__()
        classic = size["style"] == "classic"
        norm = nn.LayerNorm if classic else RootMeanSquareNorm
        self.bytes = nn.Embedding(VOCABULARY, size["width"])
        self.positions = nn.Parameter(torch.zeros(size["context"], size["width"]))
        self.blocks = nn.ModuleList(Block(size, norm, classic) for _ in range(size["layers"]))
        self.norm = norm(size["width"])
        self.head = nn.Linear(size["width"], VOCABULARY, bias=False)

    def forward(self, tokens):
        x = self.bytes(tokens) + self.positions
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def load_weights(model, shapes, numbers):
    """Ours are [inputs, outputs]; those of nn.Linear are [outputs, inputs]."""
    parameters = dict(model.named_parameters())
    offset = 0
    for name, shape in shapes.items():
        count = math.prod(shape)
        value = torch.from_numpy(numbers[offset : offset + count].copy()).view(shape)
        offset += count
        place = name.replace(".gain", ".weight")
        place = f"blocks.{place}" if place[0].isdigit() else place
        place = f"{place}.weight" if place in ("bytes", "head") else place
        with torch.no_grad():
            parameters.pop(place).copy_(value.T if len(shape) == 2 and name not in ("bytes", "positions") else value)
    assert not parameters, f"without first weights: {list(parameters)}"


def main():
    torch.set_num_threads(1)
    folder = Path(sys.argv[1])
    exercise = json.loads((folder / "exercise.json").read_text())
    size = exercise["size"]
    batch, context = size["batch"], size["context"]
    text = torch.from_numpy(numpy.fromfile(folder / "text.bin", dtype=numpy.uint8))
    starts = numpy.fromfile(folder / "starts.bin", dtype=numpy.int32).reshape(PREPARED_STEPS, batch)
    model = Model(size)
    load_weights(model, exercise["shapes"], numpy.fromfile(folder / "weights.bin", dtype=numpy.float32))
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, betas=BETAS, weight_decay=DECAY, foreach=True)
    step = 0
    for line in sys.stdin:
        before = time.process_time()
        for _ in range(int(line)):
            windows = torch.stack([text[start : start + context + 1] for start in starts[step % PREPARED_STEPS]]).long()
            step += 1
            logits = model(windows[:, :-1])
            loss = F.cross_entropy(logits.view(-1, VOCABULARY), windows[:, 1:].reshape(-1))
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
        cpu_seconds = time.process_time() - before
        print(json.dumps({"cpuSeconds": cpu_seconds, "loss": loss.item()}), flush=True)


main()
