package io.graft.checkpoint.pytorch.script;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.container.TorchArchive;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The classes in the code of a TorchScript archive, as far as they say which fields are parameters and which are buffers.
 * The code is looked at as text, and no more of it than these lines.
 */
public final class ScriptCode {
    private static final String ROOT = "__torch__";
    /** Most bytes of code that are read. */
    private static final long LARGEST = 32L << 20;

    private static final String FOLDER = "code/";
    private static final String END = ".py";
    private static final String CLASS = "class ";
    private static final String PARAMETERS = "  __parameters__ = [";
    private static final String BUFFERS = "  __buffers__ = [";

    private final Refusals refusals;
    private final Map<String, Map<String, ScriptClass>> modules = new HashMap<>();
    /** By member. */
    private final Map<String, String> texts;

    /**
     * Reads the code.
     *
     * @throws CheckpointException if the archive has more of it than is read
     */
    public ScriptCode(TorchArchive archive, Refusals refusals) throws IOException {
        this.texts = archive.texts(name -> name.startsWith(FOLDER) && name.endsWith(END), LARGEST);
        this.refusals = refusals;
    }

    /**
     * One class.
     *
     * @param isModule whether it is a module, and not a plain class
     * @param parameters names of fields, in order
     * @param buffers names of fields, in order
     */
    public record ScriptClass(boolean isModule, List<String> parameters, List<String> buffers) {}

    /**
     * The class of a name such as {@code __torch__.nets.Net}; empty if it is one of PyTorch's own.
     *
     * @throws CheckpointException if the archive's code lacks it
     */
    public Optional<ScriptClass> find(Global type) {
        if (!(type.module() + ".").startsWith(ROOT + ".")
                || (type.module() + ".").startsWith(ROOT + ".torch.classes.")) {
            return Optional.empty();
        }
        ScriptClass found = modules.computeIfAbsent(type.module(), this::parse).get(type.name());
        if (found == null) {
            throw refusals.malformed("the archive's code lacks the class " + Refusals.quote(type.qualifiedName()));
        }
        return Optional.of(found);
    }

    /** The member that holds the code of a module: {@code code/__torch__/nets.py}. */
    public static String member(String module) {
        return FOLDER + module.replace('.', '/') + END;
    }

    /** The code of a module; empty if the archive has none. */
    public Optional<String> text(String module) {
        return Optional.ofNullable(texts.get(member(module)));
    }

    private Map<String, ScriptClass> parse(String module) {
        String member = member(module);
        String code = text(module).orElse("");
        Map<String, ScriptClass> classes = new HashMap<>();
        ScriptClass current = null;
        for (String line : (Iterable<String>) code.lines()::iterator) {
            if (line.startsWith(CLASS) && line.endsWith(":")) {
                String name = line.substring(CLASS.length(), line.length() - 1);
                boolean derived = name.indexOf('(') > 0;
                current = new ScriptClass(name.endsWith("(Module)"), new ArrayList<>(), new ArrayList<>());
                classes.put(derived ? name.substring(0, name.indexOf('(')) : name, current);
            } else if (current != null && line.startsWith(PARAMETERS)) {
                current.parameters.addAll(names(line.substring(PARAMETERS.length()), member));
            } else if (current != null && line.startsWith(BUFFERS)) {
                current.buffers.addAll(names(line.substring(BUFFERS.length()), member));
            }
        }
        return classes;
    }

    /** The texts of {@code "a", "b", ]}, escaped as in C. */
    private List<String> names(String list, String member) {
        List<String> names = new ArrayList<>();
        int at = 0;
        while (at < list.length() && list.charAt(at) == '"') {
            ByteArrayOutputStream name = new ByteArrayOutputStream();
            at++;
            while (at < list.length() && list.charAt(at) != '"') {
                char c = list.charAt(at);
                if (list.startsWith("\\\"", at) || list.startsWith("\\\\", at)) {
                    name.write(list.charAt(at + 1));
                    at += 2;
                } else if (c == '\\') {
                    name.write(octal(list, at + 1, member));
                    at += 4;
                } else {
                    name.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
                    at++;
                }
            }
            names.add(name.toString(StandardCharsets.UTF_8));
            at = list.startsWith("\", ", at) ? at + 3 : list.length() + 1;
        }
        if (!list.startsWith("]", at)) {
            throw unlike(member);
        }
        return names;
    }

    /** A byte that is not printable stands as three octal digits. */
    private int octal(String list, int at, String member) {
        int value = 0;
        for (int i = at; i < at + 3; i++) {
            int digit = i < list.length() ? list.charAt(i) - '0' : -1;
            if (digit < 0 || digit > 7) {
                throw unlike(member);
            }
            value = value * 8 + digit;
        }
        return value;
    }

    private CheckpointException unlike(String member) {
        return refusals.malformed(
                Refusals.quote(member) + " names parameters or buffers in a way that PyTorch does not");
    }
}
