package io.graft.torchscript.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The call of a method in which the weight that a variable holds is used, where that is its only use and a product of low rank may run
 * beside it.
 *
 * @param line of the method's body
 * @param call in that line, which gives the product
 * @param input which argument of the call the weight is multiplied with
 */
record ProductCall(Product product, int line, CallText call, int input) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");
    private static final Pattern PADDING = Pattern.compile("-?\\d+");
    private static final String FUNCTIONAL = " = __torch__.torch.nn.functional.";
    private static final String NO_PADDING = "-1";

    /**
     * The call; empty if the weight is used otherwise, or more than once beside where a variable is set to it.
     *
     * @param variable that holds the weight, or the text that reads it
     */
    static Optional<ProductCall> of(List<String> body, String variable) {
        List<int[]> uses = new ArrayList<>();
        int sets = 0;
        Pattern name = Pattern.compile("(?<![\\w.\"])" + Pattern.quote(variable) + "(?!\\w)");
        for (int line = 0; line < body.size(); line++) {
            Matcher matcher = name.matcher(body.get(line));
            while (matcher.find()) {
                if (body.get(line).startsWith(variable + " = ", matcher.start())) {
                    sets++;
                } else {
                    uses.add(new int[] {line, matcher.start()});
                }
            }
        }
        return uses.size() == 1 && sets <= 1 ? of(body, variable, uses.get(0)[0], uses.get(0)[1]) : Optional.empty();
    }

    private static Optional<ProductCall> of(List<String> body, String variable, int line, int place) {
        String text = body.get(line);
        Optional<CallText> found = CallText.around(text, place);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        CallText call = found.get();
        if (isTransposition(call, variable)) {
            String inner = text.substring(call.start(), call.end());
            String assigned = text.strip();
            if (assigned.endsWith(" = " + inner)) {
                return of(body, assigned.substring(0, assigned.indexOf(' '))).flatMap(ProductCall::transposed);
            }
            return CallText.around(text, call.start())
                    .flatMap(outer -> of(body, line, outer, inner))
                    .flatMap(ProductCall::transposed);
        }
        return of(body, line, call, variable);
    }

    private static boolean isTransposition(CallText call, String variable) {
        if (!call.argument(0).equals(Optional.of(variable))) {
            return false;
        }
        return switch (call.function()) {
            case "torch.t", "torch.numpy_T" -> call.arguments().size() == 1;
            case "torch.transpose" -> call.arguments().size() == 3;
            default -> false;
        };
    }

    /** The same of a weight that is transposed before it is used. */
    private Optional<ProductCall> transposed() {
        return product.kind() == Product.Kind.MATMUL
                ? Optional.of(new ProductCall(Product.of(Product.Kind.LINEAR), line, call, input))
                : Optional.empty();
    }

    private static Optional<ProductCall> of(List<String> body, int line, CallText call, String weight) {
        int place =
                call.arguments().stream().map(CallText.Argument::text).toList().indexOf(weight);
        int count = call.arguments().size();
        Product linear = Product.of(Product.Kind.LINEAR);
        Product matMul = Product.of(Product.Kind.MATMUL);
        Optional<ProductCall> found = switch (call.function()) {
            case "torch.linear" -> place == 1 ? Optional.of(new ProductCall(linear, line, call, 0)) : Optional.empty();
            case "torch.addmm" ->
                place == 2 && count == 3 ? Optional.of(new ProductCall(matMul, line, call, 1)) : Optional.empty();
            case "torch.matmul", "torch.mm" ->
                place == 1 && count == 2 ? Optional.of(new ProductCall(matMul, line, call, 0)) : Optional.empty();
            case "torch.embedding" -> place == 0 ? embedding(line, call, 1, call.argument(2)) : Optional.empty();
            default -> place == 1 ? functional(body, line, call) : Optional.empty();
        };
        return found;
    }

    /** A function of {@code torch.nn.functional}, which code calls by a variable. */
    private static Optional<ProductCall> functional(List<String> body, int line, CallText call) {
        if (isFunctional(body, call, "linear")) {
            return Optional.of(new ProductCall(Product.of(Product.Kind.LINEAR), line, call, 0));
        }
        return isFunctional(body, call, "embedding") && call.argument(3).equals(Optional.of("None"))
                ? embedding(line, call, 0, call.argument(2))
                : Optional.empty();
    }

    private static boolean isFunctional(List<String> body, CallText call, String name) {
        return NAME.matcher(call.function()).matches()
                && body.stream().anyMatch(each -> each.strip().equals(call.function() + FUNCTIONAL + name));
    }

    private static Optional<ProductCall> embedding(int line, CallText call, int input, Optional<String> padding) {
        String row = padding.filter(text -> !text.equals("None")).orElse(NO_PADDING);
        return PADDING.matcher(row).matches()
                ? Optional.of(new ProductCall(new Product(Product.Kind.EMBEDDING, row), line, call, input))
                : Optional.empty();
    }

    /**
     * Has a method see what the call gives and its input, and give something in its place.
     *
     * @param method as it is called: {@code (self).graft_beside}
     */
    void wrap(List<String> body, String method) {
        String text = body.get(line);
        CallText.Argument argument = call.arguments().get(input);
        String before = text.substring(0, call.start());
        String inside = text.substring(call.start(), call.end());
        String given = argument.text();
        String seen = given;
        List<String> lines = new ArrayList<>();
        if (!NAME.matcher(given).matches()) {
            // An input that is computed is computed once.
            seen = "graft_input_" + line;
            lines.add(text.substring(0, text.length() - text.stripLeading().length()) + seen + " = " + given);
            inside = text.substring(call.start(), argument.start()) + seen + text.substring(argument.end(), call.end());
        }
        lines.add(before + method + "(" + inside + ", " + seen + ", )" + text.substring(call.end()));
        body.remove(line);
        body.addAll(line, lines);
    }

    /** What a method takes that gives what the call gives: the input and what is added; or the indices and the other settings of a lookup. */
    private String arguments() {
        String given = call.arguments().get(input).text();
        if (product.kind() != Product.Kind.EMBEDDING) {
            int place = call.function().equals("torch.addmm") ? 0 : 2;
            return given + ", " + call.argument(place).orElse("None");
        }
        int scaled = input == 0 ? 5 : 3;
        return String.join(
                ", ",
                given,
                product.padding(),
                call.argument(scaled).orElse("False"),
                call.argument(scaled + 1).orElse("False"));
    }

    /**
     * Has a method give what the call gives, of its input and the rest of its {@linkplain Replacement#product arguments}. What set a variable to the weight, or to its transposition, is gone.
     *
     * @param variable that holds the weight, or the text that reads it
     * @param method as it is called: {@code (self).graft_product}
     */
    static void replace(List<String> body, String variable, String method) {
        ProductCall found = of(body, variable).orElseThrow();
        String text = body.get(found.line);
        CallText call = found.call;
        body.set(
                found.line,
                text.substring(0, call.start())
                        + method + "(" + found.arguments() + ", )"
                        + text.substring(call.end()));
        // Nobody uses them any more.
        Stream.of(variable, found.weight())
                .distinct()
                .filter(name -> NAME.matcher(name).matches())
                .forEach(name -> body.removeIf(line -> line.strip().startsWith(name + " = ")));
    }

    /** The argument that is the weight, as it is written, which comes behind the input but in a lookup of PyTorch's own. */
    private String weight() {
        boolean before = product.kind() == Product.Kind.EMBEDDING && input == 1;
        return call.arguments().get(before ? 0 : input + 1).text();
    }
}
