package io.graft.torchscript.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes edits out of the code of classes, however it was printed since.
 *
 * @param whole the field that each method gives in the place of reading it
 * @param product the field that each method multiplies its first argument with, before it adds the second one; or the one that it looks
 *     up the rows of, by its first argument of four
 * @param beside methods that take what a call gives first
 */
public record PlainText(Map<String, String> whole, Map<String, String> product, Set<String> beside) {
    /** How many arguments a lookup of rows has. */
    private static final int LOOKUP = 4;

    private static final Pattern CALL = Pattern.compile("\\((" + ModuleVariables.CHAIN + ")\\)\\.([A-Za-z_]\\w*)\\(");

    /**
     * The class without its edits.
     *
     * @param fields that it has more
     * @param removed fields that it lacks
     * @param children the full names of the classes of its modules, by field
     */
    public ClassText of(ClassText clone, List<String> fields, List<String> removed, Map<String, String> children) {
        List<MethodText> methods = new ArrayList<>();
        for (MethodText method : clone.methods()) {
            String name = method.name();
            if (!whole.containsKey(name) && !product.containsKey(name) && !beside.contains(name)) {
                methods.add(new MethodText(
                        method.name(),
                        method.parameters(),
                        method.head(),
                        method.body().stream().map(this::plain).toList()));
            }
        }
        return new ClassText(clone.name(), header(clone.header(), fields, removed, children), methods);
    }

    private static List<String> header(
            List<String> header, List<String> fields, List<String> removed, Map<String, String> children) {
        List<String> plain = new ArrayList<>();
        for (String line : header) {
            Optional<String> child = children.keySet().stream()
                    .filter(field -> line.startsWith(FieldText.declaration(field, "__torch__.graft.")))
                    .findFirst();
            if (child.isPresent()) {
                plain.add(FieldText.declaration(child.get(), children.get(child.get())));
            } else if (fields.stream().noneMatch(field -> line.startsWith(FieldText.declaration(field, "")))) {
                plain.add(listed(line, fields, removed));
            }
        }
        // Tensors come first, as PyTorch has them.
        int first = 1;
        while (first < plain.size() && plain.get(first).endsWith("]")) {
            first++;
        }
        for (String field : removed) {
            plain.add(first++, FieldText.declaration(field, "Tensor"));
        }
        return plain;
    }

    private static String listed(String line, List<String> fields, List<String> removed) {
        boolean parameters = line.startsWith(ClassEdit.Kind.PARAMETER.list());
        if (!parameters && !line.startsWith(ClassEdit.Kind.BUFFER.list())) {
            return line;
        }
        String list = line;
        for (String field : fields) {
            list = list.replace(FieldText.quoted(field) + ", ", "");
        }
        if (parameters) {
            StringBuilder restored = new StringBuilder(ClassEdit.Kind.PARAMETER.list());
            removed.forEach(field -> restored.append(FieldText.quoted(field)).append(", "));
            list = list.replace(ClassEdit.Kind.PARAMETER.list(), restored.toString());
        }
        return list;
    }

    private String plain(String line) {
        String plain = line;
        int from = 0;
        Matcher matcher = CALL.matcher(plain);
        while (matcher.find(from)) {
            Optional<CallText> call = CallText.at(plain, matcher.end() - 1);
            String method = matcher.group(2);
            String instead = null;
            if (call.isPresent() && whole.containsKey(method)) {
                instead = FieldText.read(matcher.group(1), whole.get(method));
            } else if (call.isPresent() && product.containsKey(method)) {
                instead = product(call.get().arguments(), FieldText.read(matcher.group(1), product.get(method)));
            } else if (call.isPresent() && beside.contains(method)) {
                instead = call.get().arguments().get(0).text();
            }
            if (instead != null) {
                plain = plain.substring(0, matcher.start())
                        + instead
                        + plain.substring(call.orElseThrow().end());
                from = matcher.start();
                matcher = CALL.matcher(plain);
            } else {
                from = matcher.end();
            }
        }
        return plain;
    }

    private static String product(List<CallText.Argument> arguments, String weight) {
        if (arguments.size() == LOOKUP) {
            List<String> texts = arguments.stream().map(CallText.Argument::text).toList();
            return "torch.embedding(" + weight + ", " + String.join(", ", texts) + ")";
        }
        return "torch.linear(" + arguments.get(0).text() + ", " + weight + ", "
                + arguments.get(1).text() + ")";
    }
}
