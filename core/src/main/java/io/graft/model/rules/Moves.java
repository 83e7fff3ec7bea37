package io.graft.model.rules;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Expressions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Makes tensors of the elements of others. All methods throw {@link IllegalArgumentException}, with one line, where shapes do not allow it. */
public final class Moves {
    private Moves() {}

    static List<LazyTensor> split(LazyTensor tensor, int axis, List<Integer> sizes, int parts) {
        List<Long> lengths = lengths(
                tensor,
                axis,
                sizes.isEmpty()
                        ? IntStream.range(0, parts).map(part -> 1).boxed().toList()
                        : sizes);
        List<LazyTensor> cut = new ArrayList<>();
        long from = 0;
        for (int part = 0; part < parts; part++) {
            Expression slice = Expressions.slice(MovedTensor.bitsOf(tensor), axis, from, lengths.get(part));
            cut.add(moved("part " + (part + 1) + " of " + parts + " along axis " + axis, List.of(tensor), slice));
            from += lengths.get(part);
        }
        return cut;
    }

    private static List<Long> lengths(LazyTensor tensor, int axis, List<Integer> sizes) {
        long length = tensor.shape().dimension(requireAxis(tensor, axis));
        long all = sizes.stream().mapToLong(Integer::longValue).sum();
        if (length % all != 0) {
            throw new IllegalArgumentException(
                    tensor.shape() + " has a length of " + length + " along axis " + axis + ", which "
                            + (sizes.stream().distinct().count() == 1
                                    ? sizes.size() + " equal parts do not divide"
                                    : "parts of the sizes " + sizes + " do not divide"));
        }
        return sizes.stream().map(size -> length / all * size).toList();
    }

    static LazyTensor concatenate(List<LazyTensor> parts, int axis, List<Integer> sizes) {
        LazyTensor first = parts.get(0);
        requireAxis(first, axis);
        List<Shape> shapes = parts.stream().map(LazyTensor::shape).toList();
        for (LazyTensor part : parts) {
            if (part.dtype() != first.dtype() || !withAxis(part, axis).equals(withAxis(first, axis))) {
                throw new IllegalArgumentException("their shapes and dtypes do not fit together: " + kinds(parts));
            }
        }
        List<Long> lengths = shapes.stream().map(shape -> shape.dimension(axis)).toList();
        long unit = sizes.isEmpty() ? lengths.get(0) : lengths.get(0) / sizes.get(0);
        for (int part = 0; part < parts.size(); part++) {
            if (lengths.get(part) != unit * (sizes.isEmpty() ? 1 : sizes.get(part))) {
                throw new IllegalArgumentException("their lengths along axis " + axis + " are " + lengths
                        + (sizes.isEmpty() ? ", and `sizes` is not given" : ", and `sizes` is " + sizes));
            }
        }
        Expression[] bits = parts.stream().map(MovedTensor::bitsOf).toArray(Expression[]::new);
        return moved("concatenated along axis " + axis, parts, Expressions.concat(axis, bits));
    }

    private static List<Long> withAxis(LazyTensor tensor, int axis) {
        List<Long> dimensions = new ArrayList<>(tensor.shape().dimensions());
        if (axis < dimensions.size()) {
            dimensions.set(axis, 1L);
        }
        return dimensions;
    }

    static LazyTensor stack(List<LazyTensor> tensors, int axis) {
        LazyTensor first = tensors.get(0);
        if (axis > first.shape().rank()) {
            throw new IllegalArgumentException(first.shape() + " cannot get an axis " + axis);
        }
        List<Long> dimensions = new ArrayList<>(first.shape().dimensions());
        dimensions.add(axis, 1L);
        Shape one = new Shape(dimensions);
        for (LazyTensor tensor : tensors) {
            if (tensor.dtype() != first.dtype() || !tensor.shape().equals(first.shape())) {
                throw new IllegalArgumentException("their shapes and dtypes differ: " + kinds(List.of(first, tensor)));
            }
        }
        Expression[] bits = tensors.stream()
                .map(tensor -> Expressions.reshape(MovedTensor.bitsOf(tensor), one))
                .toArray(Expression[]::new);
        return moved("stacked along axis " + axis, tensors, Expressions.concat(axis, bits));
    }

    static List<LazyTensor> unstack(LazyTensor tensor, int axis) {
        long count = tensor.shape().dimension(requireAxis(tensor, axis));
        List<Long> dimensions = new ArrayList<>(tensor.shape().dimensions());
        dimensions.remove(axis);
        Shape one = new Shape(dimensions);
        List<LazyTensor> slices = new ArrayList<>();
        for (long place = 0; place < count; place++) {
            Expression slice = Expressions.slice(MovedTensor.bitsOf(tensor), axis, place, 1);
            slices.add(
                    moved("slice " + place + " along axis " + axis, List.of(tensor), Expressions.reshape(slice, one)));
        }
        return slices;
    }

    /** The same elements with the last two axes exchanged, exact to the bit. */
    public static LazyTensor transpose(LazyTensor tensor) {
        return moved("transposed", List.of(tensor), Expressions.transpose(MovedTensor.bitsOf(tensor)));
    }

    /**
     * The same rows in another order, exact to the bit.
     *
     * @param order for each row the one that it was
     */
    public static LazyTensor rows(LazyTensor tensor, List<Integer> order) {
        if (tensor.shape().rank() == 0) {
            throw new IllegalArgumentException(tensor.shape() + " has no rows");
        }
        Expression rows = Expressions.stored(
                LazyTensors.generate("order of rows", DType.I64, Shape.of(order.size()), row -> order.get((int) row)));
        return moved("rows in another order", List.of(tensor), Expressions.lookup(MovedTensor.bitsOf(tensor), rows));
    }

    static LazyTensor permute(LazyTensor tensor, List<Integer> axes) {
        if (axes.size() != tensor.shape().rank()) {
            throw new IllegalArgumentException(
                    tensor.shape() + " has " + tensor.shape().rank() + " axes, and `axes` is " + axes);
        }
        Expression bits = Expressions.permute(MovedTensor.bitsOf(tensor), axes.toArray(Integer[]::new));
        return moved("axes in the order " + axes, List.of(tensor), bits);
    }

    /** The same elements in the order that a rule gives the places along an axis, exact to the bit; the rule's name does not count. */
    public static LazyTensor reorder(LazyTensor tensor, Rule.Reorder rule) {
        int axis = requireAxis(tensor, rule.axis());
        long length = tensor.shape().dimension(axis);
        long known = rule.view().stream()
                .filter(each -> each > 0)
                .mapToLong(Integer::longValue)
                .reduce(1, (a, b) -> a * b);
        boolean isOpen = rule.view().contains(0);
        if (isOpen ? length % known != 0 : length != known) {
            throw new IllegalArgumentException(tensor.shape() + " has a length of " + length + " along axis " + axis
                    + ", which cannot be seen as " + rule.view());
        }
        List<Long> view = rule.view().stream()
                .map(each -> each > 0 ? each : length / known)
                .toList();
        List<Long> seen = new ArrayList<>(tensor.shape().dimensions());
        seen.remove(axis);
        seen.addAll(axis, view);
        List<Integer> axes =
                new ArrayList<>(IntStream.range(0, seen.size()).boxed().toList());
        for (int each = 0; each < view.size(); each++) {
            axes.set(axis + each, axis + rule.order().get(each));
        }
        Expression bits = Expressions.permute(
                Expressions.reshape(MovedTensor.bitsOf(tensor), new Shape(seen)), axes.toArray(Integer[]::new));
        return moved(
                "axis " + axis + " as " + view + " in the order " + rule.order(),
                List.of(tensor),
                Expressions.reshape(bits, tensor.shape()));
    }

    private static int requireAxis(LazyTensor tensor, int axis) {
        if (axis >= tensor.shape().rank()) {
            throw new IllegalArgumentException(tensor.shape() + " has no axis " + axis);
        }
        return axis;
    }

    private static String kinds(List<LazyTensor> tensors) {
        return String.join(
                ", ",
                tensors.stream()
                        .map(tensor -> tensor.dtype() + " " + tensor.shape())
                        .toList());
    }

    private static LazyTensor moved(String operation, List<LazyTensor> inputs, Expression bits) {
        DType dtype = inputs.get(0).dtype();
        return new MovedTensor(operation, dtype, inputs, bits);
    }
}
