# Operators, each a class that the engine can run in one call. Products with integer weights come first: rows of numbers of 32 bits in,
# the same out. What is computed in place is nobody else's: memory that is asked for anew takes longer than the arithmetic.
# `codes` are signed bytes [rows, columns], `scales` one number for each row of them, `bias` as many or one. What codes stand for has
# `offsets` added, one number for each row: so many times the sum of the inputs, as they are rounded for the codes, is added to a product.

# Inputs are rounded to bfloat16. Columns have to be a multiple of 32: the kernel reads beyond the end of others.
class WeightOnlyInt8(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  def forward(self: __torch__.operators.WeightOnlyInt8,
    x: Tensor,
    codes: Tensor,
    scales: Tensor,
    bias: Tensor,
    offsets: Optional[Tensor]=None) -> Tensor:
    rows = torch.to(torch.reshape(torch.detach(x), [-1, torch.size(codes, 1)]), 15)
    ones = torch.to(torch.ones_like(scales), 15)
    product = torch._weight_int8pack_mm(rows, codes, ones)
    scaled = torch.mul_(torch.to(product, 6), scales)
    output = torch.add_(scaled, torch.detach(bias))
    if offsets is not None:
      output = torch.addcmul_(output, torch.sum(rows, [-1], True, dtype=6), offsets)
    return torch.reshape(output, torch.add(torch.slice(torch.size(x), 0, -1), [torch.size(codes, 0)]))

# Each row of the inputs is rounded to 8 bits by its own largest magnitude.
class DynamicInt8(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  def forward(self: __torch__.operators.DynamicInt8,
    x: Tensor,
    codes: Tensor,
    scales: Tensor,
    bias: Tensor,
    offsets: Optional[Tensor]=None) -> Tensor:
    rows = torch.reshape(torch.detach(x), [-1, torch.size(codes, 1)])
    magnitudes = torch.abs(rows)
    largest = torch.amax(magnitudes, [-1], True)
    steps = torch.div(torch.clamp_min(largest, 1.0000000000000001e-30), 127.)
    multiples = torch.div(rows, steps, out=magnitudes)
    rounded = torch.round_(multiples)
    product = torch._int_mm(torch.to(rounded, 1), torch.t(codes))
    scaled = torch.mul_(torch.mul(product, steps), scales)
    output = torch.add_(scaled, torch.detach(bias))
    if offsets is not None:
      output = torch.addcmul_(output, torch.mul(torch.sum(rounded, [-1], True), steps), offsets)
    return torch.reshape(output, torch.add(torch.slice(torch.size(x), 0, -1), [torch.size(codes, 0)]))

# Codes from -8 to 7 [rows, columns] with scales and offsets [rows, groups], as the kernel for 4 bits takes them. Rows have to be a multiple of 16.
class PackInt4(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  def forward(self: __torch__.operators.PackInt4,
    codes: Tensor,
    scales: Tensor,
    offsets: Optional[Tensor]=None) -> Tuple[Tensor, Tensor]:
    unsigned = torch.add(torch.to(codes, 3), 8)
    packed = torch._convert_weight_to_int4pack_for_cpu(unsigned, 1)
    zeros = torch.zeros_like(scales)
    if offsets is not None:
      zeros = offsets
    both = torch.stack([torch.t(scales), torch.t(zeros)], 2)
    return (packed, torch.contiguous(torch.to(both, 15)))

# Inputs, scales and offsets are rounded to bfloat16. Groups have 32, 64, 128 or 256 columns.
class WeightOnlyInt4(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  def forward(self: __torch__.operators.WeightOnlyInt4,
    x: Tensor,
    packed: Tensor,
    scales: Tensor,
    bias: Tensor) -> Tensor:
    columns = torch.size(x, -1)
    rows = torch.reshape(torch.detach(x), [-1, columns])
    size = torch.floordiv(columns, torch.size(scales, 0))
    product = torch._weight_int4pack_mm_for_cpu(torch.to(rows, 15), packed, size, scales)
    output = torch.add_(torch.to(product, 6), torch.detach(bias))
    return torch.reshape(output, torch.add(torch.slice(torch.size(x), 0, -1), [torch.size(packed, 0)]))

# Numbers of 32 bits, rounded to what bfloat16 holds. Here gradients flow.
class RoundBfloat16(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  def forward(self: __torch__.operators.RoundBfloat16,
    x: Tensor) -> Tensor:
    return torch.to(torch.to(x, 15), 6)

# softmax(Q K^T / sqrt(d) + mask) V in heads, [batch, positions, heads, d] each, without the scores as an array: [batch, positions, heads * d].
class Attention(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  def forward(self: __torch__.operators.Attention,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Optional[Tensor]=None) -> Tensor:
    q = torch.transpose(query, 1, 2)
    k = torch.transpose(key, 1, 2)
    v = torch.transpose(value, 1, 2)
    context = torch.transpose(torch.scaled_dot_product_attention(q, k, v, mask), 1, 2)
    return torch.flatten(context, 2)

# Gives an array the values of another one in its own memory, and what is computed with it afterwards takes gradients to what these
# values come from, and to nothing before.
class InPlaceCopy(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  def forward(self: __torch__.operators.InPlaceCopy,
    to: Tensor,
    values: Tensor) -> Tensor:
    return torch.copy_(torch.detach_(to), values)
