package io.graft.torchscript.code;

import java.util.HashSet;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the code of a class tells of the convolution that it computes with its own weight. */
public final class ConvolutionCode {
    private static final Pattern CALL = Pattern.compile("(?<![\\w.])torch\\.(?:conv[123]d|_?convolution)\\(");
    private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,8}");
    private static final String WEIGHT = "weight";

    private ConvolutionCode() {}

    /**
     * Into how many groups its channels fall; empty if it computes none, or a transposed one, or if its code does not say it as one
     * number.
     */
    public static OptionalInt groups(ClassText type) {
        Set<String> told = new HashSet<>();
        for (MethodText method : type.methods()) {
            for (String line : method.body()) {
                Matcher call = CALL.matcher(line);
                while (call.find()) {
                    CallText.at(line, call.end() - 1)
                            .filter(convolution -> isOfOwnWeight(convolution, method))
                            .map(ConvolutionCode::groups)
                            .ifPresent(told::add);
                }
            }
        }
        Iterator<String> each = told.iterator();
        String only = each.hasNext() ? each.next() : "";
        return told.size() == 1 && NUMBER.matcher(only).matches()
                ? OptionalInt.of(Integer.parseInt(only))
                : OptionalInt.empty();
    }

    /** As the call has them: traced code names all that PyTorch's innermost function takes, scripted code what is not left out. */
    private static String groups(CallText call) {
        if (!call.function().endsWith("convolution")) {
            return call.argument(6).orElse("1");
        }
        boolean isTransposed = !call.argument(6).equals(Optional.of("False"));
        return isTransposed ? "" : call.argument(8).orElse("");
    }

    /** Whether its weight is the field of the object itself: read in place, or by a variable, or by an argument of that name. */
    private static boolean isOfOwnWeight(CallText call, MethodText method) {
        String read = method.receiver() + "." + WEIGHT;
        String weight = call.argument(1).orElse("");
        return weight.equals(read)
                || method.body().stream().anyMatch(line -> line.strip().equals(weight + " = " + read))
                || (weight.equals(WEIGHT)
                        && method.parameters().stream()
                                .anyMatch(parameter -> parameter.name().equals(WEIGHT)));
    }
}
