"""The same networks in PyTorch, for bench.ts: reads lines of JSON {"name", "runs"} and answers with milliseconds a run.

Layers, sizes, losses, optimisers and their state (Adam, gradient clipping, moving averages) follow src/. Box tensors are
convolved by the slice of their class, as ours are. Data are random; nothing is compared but time.
"""
import json
import sys
import time

import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(1)
CONFIG = json.loads(sys.argv[1])
torch.set_num_threads(CONFIG["threads"])
# ideas beside the paper are keys like the others here
TEXT, BOXES, MASKS, IMAGE = ({**CONFIG[k], **CONFIG[k].get("ours", {})} for k in ("text", "boxes", "masks", "image"))
CLASSES, WORD_DIM, PLACES = CONFIG["classes"], CONFIG["wordDim"], CONFIG["places"]
EMBEDDING = 4 * TEXT["hidden"]


class TextEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.correction = nn.Embedding(CONFIG["corrections"] + 1, WORD_DIM, padding_idx=0)
        self.gru = nn.GRU(WORD_DIM, TEXT["hidden"], bidirectional=True)

    def forward(self, vectors, words, lengths, drop=0.0):
        x = F.dropout(vectors + self.correction(words), drop, drop > 0)
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
        out, last = self.gru(packed)
        out, _ = nn.utils.rnn.pad_packed_sequence(out, padding_value=-2.0, total_length=x.shape[0])
        return torch.cat([last[0], last[1], out.max(0).values], 1)


class BoxGenerator(nn.Module):
    def __init__(self):
        super().__init__()
        h, e, k, d = BOXES["hidden"], BOXES["embedding"], BOXES["mixtures"], BOXES["head"]
        self.label, self.xy, self.wh = nn.Embedding(CLASSES + 2, e), nn.Linear(2, e), nn.Linear(2, e)
        self.lstm = nn.LSTM(3 * e, h)
        self.context = nn.Linear(EMBEDDING, 4 * h, bias=False)
        self.labels, self.labels_text = nn.Linear(h, CLASSES + 1), nn.Linear(EMBEDDING, CLASSES + 1, bias=False)
        # [hidden, one-hot label (, place)] -> head -> 6 K
        self.inner = nn.ModuleList([nn.Linear(h + CLASSES + 2, d), nn.Linear(h + CLASSES + 2 + e, d)])
        self.inner_text = nn.ModuleList([nn.Linear(EMBEDDING, d, bias=False) for _ in range(2)])
        self.outer = nn.ModuleList([nn.Linear(d, 6 * k) for _ in range(2)])
        self.place = nn.Linear(2, e)
        # the sentence enters every step: a second input matrix, multiplied once
        self.cell = nn.LSTMCell(3 * e, h)

    def inputs(self, labels, boxes, drop):
        parts = [self.label(labels), self.xy(boxes[..., :2]), self.wh(boxes[..., 2:])]
        return torch.cat([F.dropout(p, drop, drop > 0) for p in parts], -1)

    def trunk(self, labels, boxes, text, drop=0.0, state=None):
        x = self.inputs(labels, boxes, drop)
        z = x @ self.cell.weight_ih.t() + self.cell.bias_ih + self.context(text)
        n, h = text.shape[0], BOXES["hidden"]
        hidden, c = state or (torch.zeros(n, h), torch.zeros(n, h))
        out = []
        for step in z:
            i, f, g, o = (step + hidden @ self.cell.weight_hh.t()).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            hidden = torch.sigmoid(o) * torch.tanh(c)
            out.append(hidden)
        return torch.stack(out), (hidden, c)

    def mixture(self, i, hidden, text, extra, drop=0.0):
        inner = self.inner[i](torch.cat([hidden, *extra], -1)) + self.inner_text[i](text)
        return self.outer[i](F.dropout(F.relu(inner), drop, drop > 0))


def mixture_nll(raw, point):
    pi, mx, my, sx, sy, r = raw.chunk(6, -1)
    sx, sy = (s.clamp(-6, 3).exp() + BOXES["sigmaFloor"] for s in (sx, sy))
    rho = torch.tanh(r) * BOXES["rhoLimit"]
    dx, dy = (point[..., :1] - mx) / sx, (point[..., 1:] - my) / sy
    one = 1 - rho * rho
    z = dx * dx + dy * dy - 2 * rho * dx * dy
    norm = sx.log() + sy.log() + 0.5 * one.log() + 1.8378770664
    return -torch.logsumexp(pi.log_softmax(-1) - z / (2 * one) - norm, -1)


def norm_of(kind, channels):
    if kind == "none":
        return nn.Identity()
    groups = 8 if channels % 8 == 0 else 4 if channels % 4 == 0 else 1
    return nn.GroupNorm(groups, channels) if kind == "group" else nn.InstanceNorm2d(channels, affine=True)


def block(i, o, k, stride=1, norm="none", act=True, wrap=lambda m: m):
    conv = wrap(nn.Conv2d(i, o, k, stride, (k - 1) // 2))
    return nn.Sequential(conv, norm_of(norm, o), nn.LeakyReLU(0.2) if act else nn.Identity())


class Residual(nn.Module):
    def __init__(self, c, norm="none"):
        super().__init__()
        self.body = nn.Sequential(block(c, c, 3, norm=norm), block(c, c, 3, norm=norm, act=False))

    def forward(self, x):
        return F.leaky_relu(x + self.body(x), 0.2)


def one_hot_layout(classes):
    return (classes == torch.arange(CLASSES).view(1, -1, 1, 1)).float()


class ImageGenerator(nn.Module):
    def __init__(self):
        super().__init__()
        c = IMAGE
        side = c["size"] // 2 ** len(c["encoder"])
        self.layout = nn.Conv2d(CLASSES, c["layout"], 1, bias=False)
        width = c["layout"] + (1 if c["boundary"] else 0)
        sizes = [width, *c["encoder"]]
        self.encoder = nn.Sequential(*[block(a, b, 4, 2, c["norm"]) for a, b in zip(sizes, sizes[1:])])
        self.gate = nn.Linear(EMBEDDING, sizes[-1])
        self.background = nn.Linear(EMBEDDING, c["background"])
        self.position = nn.Parameter(torch.randn(1, c["position"], side, side))
        self.fuse = block(sizes[-1] + c["background"] + c["noise"] + c["position"], c["fused"], 3, norm=c["norm"])
        self.residual = nn.Sequential(*[Residual(c["fused"], c["norm"]) for _ in range(c["residualBlocks"])])
        self.decoder = nn.ModuleList()
        x = c["fused"]
        for o in c["decoder"]:
            self.decoder.append(
                nn.Sequential(block(x + width, o, 3, norm=c["decoderNorm"]), block(o, o, 3, norm=c["decoderNorm"]))
            )
            x = o
        self.out = nn.Conv2d(x, 3, 3, 1, 1)

    def forward(self, classes, boundary, text, noise):
        layout = torch.cat([self.layout(one_hot_layout(classes)), boundary], 1)
        scales = [layout]
        for _ in IMAGE["decoder"]:
            scales.append(F.avg_pool2d(scales[-1], 2))
        a = self.encoder(layout)
        n, _, h, w = a.shape
        a = a * torch.sigmoid(self.gate(text))[..., None, None]
        tile = lambda v: v[..., None, None].expand(-1, -1, h, w)
        said = tile(F.leaky_relu(self.background(text), 0.2))
        x = self.residual(self.fuse(torch.cat([a, said, tile(noise), self.position.expand(n, -1, -1, -1)], 1)))
        for i, level in enumerate(self.decoder):
            up = F.interpolate(x, scale_factor=2, mode="nearest")
            x = level(torch.cat([up, scales[len(self.decoder) - 1 - i]], 1))
        return torch.tanh(self.out(x))


class ImageCritic(nn.Module):
    def __init__(self):
        super().__init__()
        d = IMAGE["discriminator"]
        wrap = nn.utils.spectral_norm if IMAGE["spectralNorm"] else lambda m: m
        self.layout = nn.Conv2d(CLASSES, d["layout"], 1, bias=False)
        self.down = nn.ModuleList()
        x = 3
        for o in d["channels"]:
            self.down.append(wrap(nn.Conv2d(x + d["layout"], o, 4, 2, 1)))
            x = o
        self.text = nn.Linear(EMBEDDING, d["text"])
        self.joint = wrap(nn.Conv2d(x + d["text"], x, 3, 1, 1))
        self.score = wrap(nn.Conv2d(x, 1, 3, 1, 1))

    def features(self, layout, picture):
        scale = self.layout(layout)
        x, out = picture, []
        for i, conv in enumerate(self.down):
            if i > 0:
                scale = F.avg_pool2d(scale, 2)
            x = F.leaky_relu(conv(torch.cat([x, scale], 1)), 0.2)
            out.append(x)
        return out

    def judge(self, x, text):
        said = F.leaky_relu(self.text(text), 0.2)[..., None, None].expand(-1, -1, *x.shape[2:])
        return self.score(F.leaky_relu(self.joint(torch.cat([x, said], 1)), 0.2))


class Trainer:
    """Adam, clipping and moving averages as multi-tensor operations."""

    def __init__(self, modules, rate, betas, clip=None, ema=None):
        self.params = [p for m in modules for p in m.parameters() if p.requires_grad]
        self.adam = torch.optim.Adam(self.params, rate, betas, foreach=True)
        self.clip = clip
        self.decay = ema
        self.ema = [p.detach().clone() for p in self.params] if ema else []

    def step(self, grads):
        for p, g in zip(self.params, grads):
            p.grad = g
        if self.clip:
            nn.utils.clip_grad_norm_(self.params, self.clip)
        self.adam.step()
        if self.ema:
            with torch.no_grad():
                torch._foreach_mul_(self.ema, self.decay)
                torch._foreach_add_(self.ema, self.params, alpha=1 - self.decay)


def grads_of(loss, params, **more):
    return torch.autograd.grad(loss, params, allow_unused=True, **more)


def boxes_step():
    n, t = BOXES["train"]["batch"], BOXES["maxObjects"] + 1
    length, words = TEXT["maxTokens"], CONFIG["frequent"]
    encoder, generator = TextEncoder(), BoxGenerator()
    heads = nn.ModuleList([nn.Linear(EMBEDDING, s) for s in (CLASSES, CLASSES, CLASSES, PLACES, words)])
    del generator.lstm
    trainer = Trainer([generator, encoder, heads], 1e-3, (0.9, 0.999), BOXES["train"]["clipNorm"], 0.998)
    vectors, ids = torch.randn(length, n, WORD_DIM), torch.randint(0, CONFIG["corrections"], (length, n))
    # all tokens valid, as on our side
    lengths = torch.full((n,), length)
    previous, labels = torch.randint(0, CLASSES, (t, n)), torch.randint(0, CLASSES, (t, n))
    last, boxes = torch.randn(t, n, 4), torch.randn(t, n, 4)
    bits = [torch.ones(n, s) for s in (CLASSES, CLASSES, CLASSES, words)]
    place = torch.zeros(n, dtype=torch.long)
    weights = {**TEXT["train"], **TEXT["ours"]}

    def step():
        text = encoder(vectors, ids, lengths, TEXT["train"]["dropout"])
        named, present, counts, where, recall = (head(text) for head in heads)
        bce = lambda x, y: F.binary_cross_entropy_with_logits(x, y, reduction="sum") / n
        own = (
            weights["named"] * bce(named, bits[0])
            + weights["present"] * bce(present, bits[1])
            + weights["counts"] * F.mse_loss(counts, bits[2], reduction="sum") / n
            + weights["place"] * F.cross_entropy(where, place)
            + weights["words"] * bce(recall, bits[3])
        )
        drop = BOXES["train"]["dropout"]
        hidden, _ = generator.trunk(previous, last, text, BOXES["train"]["inputDropout"])
        hidden, said = F.dropout(hidden, drop), F.dropout(text, drop)
        logits = generator.labels(hidden) + generator.labels_text(said)
        label = F.cross_entropy(logits.flatten(0, 1), labels.flatten())
        hot = F.one_hot(labels, CLASSES + 2).float()
        xy = mixture_nll(generator.mixture(0, hidden, said, [hot], drop), boxes[..., :2])
        place_of = F.dropout(generator.place(boxes[..., :2]), BOXES["train"]["inputDropout"])
        wh = mixture_nll(generator.mixture(1, hidden, said, [hot, place_of], drop), boxes[..., 2:])
        loss = 4 * label + (xy + wh).mean() + BOXES["train"]["text"] * own
        trainer.step(grads_of(loss, trainer.params))

    return step


def image_step():
    n, s = IMAGE["train"]["batch"], IMAGE["size"]
    generator, critic = ImageGenerator(), ImageCritic()
    g = Trainer([generator], 1e-3, (0.5, 0.999), ema=0.998)
    d = Trainer([critic], 5e-4, (0.5, 0.999))
    real = torch.rand(n, 3, s, s) * 2 - 1
    classes, boundary = torch.randint(0, CLASSES + 1, (n, 1, s, s)), torch.randint(0, 2, (n, 1, s, s)).float()
    text, wrong, noise = torch.randn(n, EMBEDDING), torch.randn(n, EMBEDDING), torch.randn(n, IMAGE["noise"])

    def step():
        fake = generator(classes, boundary, text, noise)
        layout = one_hot_layout(classes)
        on_real = critic.features(layout, real)
        on_fixed = critic.features(layout, fake.detach())
        loss_d = (
            F.relu(1 - critic.judge(on_real[-1], text)).mean()
            + (
                F.relu(1 + critic.judge(on_fixed[-1], text)).mean()
                + F.relu(1 + critic.judge(on_real[-1], wrong)).mean()
            )
            / 2
        )
        on_fake = critic.features(layout, fake)
        matching = sum(
            (a - b.detach()).abs().mean() / (b.detach().abs().mean() + 1e-6) for a, b in zip(on_fake, on_real)
        )
        loss_g = -critic.judge(on_fake[-1], text).mean() + 10 * matching / 3 + 10 * (fake - real).abs().mean()
        # both from the weights before the step
        of_g = grads_of(loss_g, g.params, retain_graph=True)
        of_d = grads_of(loss_d, d.params)
        g.step(of_g)
        d.step(of_d)

    return step


SIZE = 64


def box_masks(boxes, cells=SIZE):
    low, high = boxes[:, :2] * cells, (boxes[:, :2] + boxes[:, 2:]) * cells
    start = torch.arange(cells).float()
    inside = ((start + 1)[None, None] > low[..., None]) & (start[None, None] < high[..., None])
    inside = inside.float()
    return (inside[:, 1, :, None] * inside[:, 0, None, :])[:, None]


def box_channels(boxes):
    box = box_masks(boxes)
    if MASKS["boxTensor"] == "box":
        return box
    centre = torch.arange(SIZE) + 0.5
    low, size = boxes[:, :2] * SIZE, (boxes[:, 2:] * SIZE).clamp(min=1)
    uv = (centre[None, None] - low[..., None]) * 2 / size[..., None] - 1
    parts = [uv] + ([torch.sin(torch.pi * uv), torch.cos(torch.pi * uv)] if MASKS["boxTensor"] == "waves" else [])
    maps = [f(p) for p in parts for f in (lambda p: p[:, 0, None, None, :], lambda p: p[:, 1, None, :, None])]
    return torch.cat([box, *(box * m for m in maps)], 1)


def box_conv(maps, labels, weight, channels, stride=2):
    """Convolution of each object's box tensor: the slice of the kernel that belongs to its class."""
    m, c, size, _ = maps.shape
    out, _, k, _ = weight.shape
    own = weight.view(out, -1, c * k * k).transpose(0, 1)[labels]
    side = (size + 2 - k) // stride + 1
    return (own @ F.unfold(maps, k, padding=1, stride=stride)).view(m, out, side, side)


class ConvLstm(nn.Module):
    def __init__(self, i, h):
        super().__init__()
        self.hidden = h
        self.input, self.recurrent = nn.Conv2d(i, 4 * h, 3, 1, 1), nn.Conv2d(h, 4 * h, 3, 1, 1, bias=False)

    def forward(self, x, valid):
        t, n = x.shape[:2]
        z = self.input(x.flatten(0, 1)).view(t, n, 4 * self.hidden, *x.shape[3:])
        h = c = torch.zeros(n, self.hidden, *x.shape[3:])
        out = []
        for k in range(t):
            i, f, o, g = (z[k] + self.recurrent(h) if k > 0 else z[k]).chunk(4, 1)
            c2 = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h2 = torch.sigmoid(o) * torch.tanh(c2)
            v = valid[k][:, None, None, None]
            h, c = h + v * (h2 - h), c + v * (c2 - c)
            out.append(h)
        return torch.stack(out)


class MaskGenerator(nn.Module):
    def __init__(self):
        super().__init__()
        c = MASKS
        first, second = c["encoder"]
        self.maps = {"box": 1, "position": 3, "waves": 7}[c["boxTensor"]]
        self.first = nn.Parameter(torch.randn(first, CLASSES * self.maps, 3, 3) * 0.1)
        self.first_norm = nn.InstanceNorm2d(first, affine=True)
        self.second = nn.Sequential(nn.Conv2d(first, second, 3, 2, 1), nn.InstanceNorm2d(second, affine=True), nn.ReLU())
        self.forward_lstm, self.backward_lstm = ConvLstm(second, c["lstm"]), ConvLstm(second, c["lstm"])
        self.fuse = block(2 * c["lstm"] + c["noise"], c["trunk"], 3)
        self.residual = nn.Sequential(*[Residual(c["trunk"]) for _ in range(c["residualBlocks"])])
        self.up32 = nn.Conv2d(c["trunk"], c["decoder"], 3, 1, 1)
        self.boxes32 = nn.Parameter(torch.randn(c["decoder"], CLASSES * self.maps, 3, 3) * 0.1)
        self.detail = block(c["decoder"], c["decoder"], 3)
        self.up64 = nn.Conv2d(c["decoder"], 4, 3, 1, 1)

    def forward(self, boxes, labels, valid, noise):
        n, t = labels.shape
        flat, ids = boxes.view(-1, 4), labels.view(-1)
        box, maps = box_masks(flat), box_channels(flat)
        x = F.relu(self.first_norm(box_conv(maps, ids, self.first, self.maps)))
        x = self.second(x).view(n, t, -1, 16, 16).transpose(0, 1)
        v = valid.t()
        context = torch.cat([self.forward_lstm(x, v), self.backward_lstm(x.flip(0), v.flip(0)).flip(0)], 2)
        hidden = context.transpose(0, 1).reshape(n * t, -1, 16, 16)
        z = noise.view(n * t, -1)[..., None, None].expand(-1, -1, 16, 16)
        x = self.fuse(torch.cat([hidden, z], 1)) * box_masks(flat, 16)
        x = self.up32(F.interpolate(self.residual(x), scale_factor=2, mode="nearest"))
        if MASKS["boxesInDecoder"]:
            x = x + box_conv(maps, ids, self.boxes32, self.maps)
        logits = F.pixel_shuffle(self.up64(self.detail(F.leaky_relu(x, 0.2))), 2)
        masks = torch.sigmoid(logits) * box * valid.reshape(-1, 1, 1, 1)
        return logits.view(n, t, SIZE, SIZE), masks.view(n, t, SIZE, SIZE)


class First(nn.Module):
    """Weight of the first 4x4 convolution over L + 1 channels, spectrally normalised as a whole."""

    def __init__(self, out):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out, CLASSES + 1, 4, 4) * 0.2)
        self.bias = nn.Parameter(torch.zeros(out))

    def forward(self):
        return self.weight


class MaskCritic(nn.Module):
    def __init__(self):
        super().__init__()
        widths = MASKS["discriminator"]
        wrap = nn.utils.spectral_norm if MASKS["spectralNorm"] else lambda m: m
        self.first = wrap(First(widths[0]))
        self.rest = nn.ModuleList([block(a, b, 4, 2, wrap=wrap) for a, b in zip(widths, widths[1:])])
        self.score = wrap(nn.Conv2d(widths[-1], 1, 4))

    def forward(self, boxes, masks, weight):
        own = F.conv2d(masks, weight[:, CLASSES:], self.first.bias, 2, 1)
        out = [F.leaky_relu(own + boxes, 0.2)]
        for conv in self.rest:
            out.append(conv(out[-1]))
        return self.score(out[-1]).flatten(), out


def masks_step():
    n, t = MASKS["train"]["batch"], MASKS["maxObjects"]
    generator, instance, whole = MaskGenerator(), MaskCritic(), MaskCritic()
    train, weights = MASKS["train"], MASKS["loss"]
    g = Trainer([generator], train["learningRateG"], (0.5, 0.999), train["clipNorm"], 0.99)
    d = Trainer([instance, whole], train["learningRateD"], (0.5, 0.999), train["clipNorm"])
    corner, extent = torch.randint(0, 32, (n, t, 2)), torch.randint(8, 32, (n, t, 2))
    boxes = torch.cat([corner, extent], 2).float() / SIZE
    labels, valid = torch.randint(0, CLASSES, (n, t)), torch.ones(n, t)
    noise = torch.randn(n, t, MASKS["noise"])
    flat, ids = boxes.view(-1, 4), labels.view(-1)
    real = torch.randint(0, 2, (n, t, SIZE, SIZE)).float() * box_masks(flat).view(n, t, SIZE, SIZE)

    def merged_parts(box):
        hot = F.one_hot(labels, CLASSES).float()
        same = torch.tril(hot @ hot.transpose(1, 2), -1)
        b = box.view(n, t, -1)
        return (b * (1 - (same @ b).clamp(max=1))).view(n * t, 1, SIZE, SIZE)

    def step():
        logits, fake = generator(boxes, labels, valid, noise)
        box = box_masks(flat)
        # one power iteration a step
        wi, wg = weight_of(instance), weight_of(whole)
        of_instance = box_conv(box, ids, wi[:, :CLASSES], 1)
        parts = box_conv(merged_parts(box), ids, wg[:, :CLASSES], 1)
        of_whole = parts.view(n, t, *parts.shape[1:]).sum(1)
        one = lambda m: instance(of_instance, m.reshape(n * t, 1, SIZE, SIZE), wi)
        all_of = lambda m: whole(of_whole, m.sum(1, keepdim=True), wg)
        hinge = lambda r, f: F.relu(1 - r).mean() + F.relu(1 + f).mean()
        real_i, (real_g, target) = one(real), all_of(real)
        fixed = fake.detach()
        loss_d = hinge(real_i[0], one(fixed)[0]) + hinge(real_g, all_of(fixed)[0])
        fake_i, (fake_g, features) = one(fake), all_of(fake)
        matching = sum(
            (a - b.detach()).abs().mean() / (b.detach().abs().mean() + 1e-6) for a, b in zip(features, target)
        )
        b = box.view(n, t, -1)
        lf, mf, rf = logits.view(n, t, -1), fake.view(n, t, -1), real.view(n, t, -1)
        bce = (((F.softplus(lf) - lf * rf) * b).sum(2) / b.sum(2).clamp(min=1)).mean()
        dice = (1 - 2 * (mf * rf).sum(2) / (mf.sum(2) + rf.sum(2)).clamp(min=1e-3)).mean()
        loss_g = (
            -weights["instance"] * fake_i[0].mean()
            - weights["global"] * fake_g.mean()
            + weights["perceptual"] * matching / 4
            + MASKS["bce"] * bce
            + MASKS["dice"] * dice
        )
        of_g = grads_of(loss_g, g.params, retain_graph=True)
        of_d = grads_of(loss_d, d.params)
        g.step(of_g)
        d.step(of_d)

    return step


def weight_of(critic):
    critic.first()
    return critic.first.weight


def pipeline_step():
    """Sentence -> ten boxes -> masks -> picture, batch 1."""
    encoder, generator, masks, image = TextEncoder(), BoxGenerator(), MaskGenerator(), ImageGenerator()
    for module in (encoder, generator, masks, image):
        module.eval()
    tokens, count = CONFIG["tokens"], CONFIG["objects"]
    vectors, ids = torch.randn(tokens, 1, WORD_DIM), torch.randint(0, CONFIG["corrections"], (tokens, 1))
    k = BOXES["mixtures"]

    def draw(raw):
        pi, mx, my, sx, sy, r = raw.view(6, k)
        pick = int(torch.multinomial((pi / 0.1).softmax(0), 1))
        e = torch.randn(2)
        rho = torch.tanh(r[pick])
        sx, sy = sx[pick].exp() * 0.3, sy[pick].exp() * 0.3
        return torch.stack([mx[pick] + sx * e[0], my[pick] + sy * (rho * e[0] + (1 - rho * rho).sqrt() * e[1])])

    @torch.no_grad()
    def step():
        text = encoder(vectors, ids, torch.tensor([tokens]))
        label, box, state = torch.tensor([[CLASSES + 1]]), torch.zeros(1, 1, 4), None
        for _ in range(count):
            hidden, state = generator.trunk(label, box, text, state=state)
            h = hidden[0]
            logits = generator.labels(h) + generator.labels_text(text)
            label = torch.multinomial((logits[:, :CLASSES] / 0.4).softmax(1), 1)
            hot = F.one_hot(label[0], CLASSES + 2).float()
            xy = draw(generator.mixture(0, h, text, [hot]))
            wh = draw(generator.mixture(1, h, text, [hot, generator.place(xy)[None]]))
            box = torch.cat([xy, wh])[None, None]
        boxes = torch.tensor([0.1, 0.1, 0.5, 0.5]).expand(1, count, 4)
        _, found = masks(boxes, torch.randint(0, CLASSES, (1, count)), torch.ones(1, count), torch.randn(1, count, MASKS["noise"]))
        classes = torch.full((1, 1, SIZE, SIZE), CLASSES)
        for i in range(count):
            classes[0, 0][found[0, i] > 0.5] = i
        size = IMAGE["size"]
        classes = F.interpolate(classes.float(), size=(size, size), mode="nearest")
        boundary = torch.zeros(1, 1, size, size)
        picture = image(classes, boundary, text, torch.randn(1, IMAGE["noise"]))
        ((picture + 1) * 127.5).clamp(0, 255).byte()

    return step


STEPS = {"boxes": boxes_step, "masks": masks_step, "image": image_step, "pipeline": pipeline_step}
ready = {}
a = torch.randn(512, 512)
a @ a
start = time.process_time()
for _ in range(4):
    a @ a
rate = 4 * 2 * 512**3 / (time.process_time() - start) / 1e9
print(json.dumps({"torch": torch.__version__, "matmul": rate}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    name = request["name"]
    if name not in ready:
        ready[name] = STEPS[name]()
        # the first runs allocate
        ready[name]()
    times = []
    for _ in range(request["runs"]):
        cpu, start = time.process_time(), time.perf_counter()
        ready[name]()
        wall = time.perf_counter() - start
        times.append({"wall": wall * 1000, "cpu": (time.process_time() - cpu) * 1000})
    print(json.dumps(times), flush=True)
