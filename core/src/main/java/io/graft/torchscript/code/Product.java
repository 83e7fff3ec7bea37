package io.graft.torchscript.code;

import java.util.List;

/**
 * What a call makes of an input and a weight, so that a product of low rank may be run beside it.
 *
 * @param padding of an embedding, the row that takes no gradient, as it is written; empty for the others
 */
public record Product(Kind kind, String padding) {
    /** How a call uses a weight. */
    public enum Kind {
        /** {@code torch.linear}: the weight is {@code [out, in]}. */
        LINEAR,
        /** {@code torch.addmm}, {@code torch.matmul}, {@code torch.mm}: the weight is {@code [in, out]}. */
        MATMUL,
        /** {@code torch.embedding}: the weight's rows are looked up. */
        EMBEDDING
    }

    static Product of(Kind kind) {
        return new Product(kind, "");
    }

    /** What a product of two factors, the left one {@code [rows, rank]}, makes of an input. */
    public List<String> steps(String input, String left, String right) {
        return switch (kind) {
            case LINEAR -> List.of("torch.linear(" + input + ", " + right + ")", "torch.linear(%s, " + left + ")");
            case MATMUL -> List.of("torch.matmul(" + input + ", " + left + ")", "torch.matmul(%s, " + right + ")");
            case EMBEDDING ->
                List.of(
                        "torch.embedding(" + left + ", " + input + ", " + padding + ")",
                        "torch.matmul(%s, " + right + ")");
        };
    }

    /** Whether inputs are numbers, of which some may be dropped. */
    public boolean takesNumbers() {
        return kind != Kind.EMBEDDING;
    }
}
