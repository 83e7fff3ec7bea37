package io.graft.torchscript;

import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.pytorch.TorchScriptWriter;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.torchscript.code.ClassEdit.Around;
import io.graft.torchscript.code.ClassEdit.Kind;
import io.graft.torchscript.code.ClassEdit.NewMethod;
import io.graft.torchscript.code.ClassText;
import io.graft.torchscript.code.CodeRefusal;
import io.graft.torchscript.code.FieldText;
import io.graft.torchscript.code.MethodText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * A copy of an archive in which a module keeps what it gave last, and whose program has a method for each output of the module, and
 * one for how often the module ran. They take nothing and give a tensor.
 */
public final class ScriptOutputs {
    /** The method that gives how often the module ran, as one number. */
    public static final String RUNS = "graft_runs";

    private static final String OUTPUT = "graft_output_";
    private static final String INNER = "graft_kept_";
    private static final WriteOptions TEMPORARY = new WriteOptions(false, false, Part.WHOLE);

    private final ScriptArchive archive;
    private final Opaque module;
    private final List<String> path;
    private final List<MethodText> forwards;
    private final int count;

    private ScriptOutputs(
            ScriptArchive archive, Opaque module, List<String> path, List<MethodText> forwards, int count) {
        // With the parametrizations that its program has.
        this.archive = archive.asWritten();
        this.module = module;
        this.path = path;
        this.forwards = forwards;
        this.count = count;
    }

    /**
     * @param module path of one of the archive's modules
     * @throws CodeRefusal if the code of the module does not say that it gives tensors
     * @throws IOException if code cannot be read
     */
    public static ScriptOutputs of(ScriptArchive archive, String module) throws IOException {
        Opaque object = archive.module(module).orElseThrow();
        ClassText type = archive.text(object.type());
        // A trace has a method for each call.
        List<MethodText> forwards = type.methods().stream()
                .filter(method -> method.name().matches("forward\\d*"))
                .toList();
        if (forwards.isEmpty()) {
            throw new CodeRefusal("`" + module + "` has no `forward`: what is in it is called piece by piece");
        }
        int count = -1;
        for (MethodText forward : forwards) {
            int tensors = forward.tensors()
                    .orElseThrow(() -> new CodeRefusal("`" + module + "` gives something else than tensors"));
            if (count >= 0 && count != tensors) {
                throw new CodeRefusal(
                        "`" + module + "` gives " + count + " tensors in one call and " + tensors + " in another");
            }
            count = tensors;
        }
        return new ScriptOutputs(archive, object, List.of(module.split("\\.")), forwards, count);
    }

    /** The methods that give the outputs, in order. */
    public List<String> methods() {
        List<String> methods = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            methods.add(OUTPUT + i);
        }
        return methods;
    }

    /**
     * Writes the copy.
     *
     * @param folder gets {@code model.pt}
     * @throws CodeRefusal if code cannot be edited
     */
    public void write(Path folder) throws IOException {
        ScriptEdit edit = new ScriptEdit(archive);
        edit.reshape(changes(edit));
        new TorchScriptWriter(archive.checkpoint(), folder.resolve(ModelFiles.TORCHSCRIPT), TEMPORARY)
                .write(List.of(), edit.members());
    }

    private IdentityHashMap<Opaque, ObjectChange> changes(ScriptEdit edit) {
        ObjectChange keeping = new ObjectChange();
        ObjectChange telling = new ObjectChange();
        List<String> fields = new ArrayList<>(methods());
        fields.add(RUNS);
        String holder = "self";
        for (String step : path) {
            holder = FieldText.read(holder, step);
        }
        for (String field : fields) {
            keeping.add(field, Kind.ATTRIBUTE, edit.zero());
            telling.add(new NewMethod(field, List.of(), List.of("return " + FieldText.read(holder, field))));
        }
        forwards.forEach(forward -> keeping.add(new Around(forward.name(), INNER + forward.name(), body(forward))));
        IdentityHashMap<Opaque, ObjectChange> changes = new IdentityHashMap<>();
        changes.put(module, keeping);
        changes.put(archive.root(), telling);
        return changes;
    }

    private List<String> body(MethodText forward) {
        String self = forward.receiver();
        StringBuilder call = new StringBuilder("graft_given = (" + self + ")." + INNER + forward.name() + "(");
        forward.parameters().stream()
                .skip(1)
                .forEach(argument -> call.append(argument.name()).append(", "));
        List<String> lines = new ArrayList<>(List.of(call.append(')').toString()));
        if (forward.givesOne()) {
            lines.add(self + "." + OUTPUT + "0 = graft_given");
        } else {
            StringBuilder names = new StringBuilder();
            for (int i = 0; i < count; i++) {
                names.append("graft_").append(i).append(", ");
            }
            lines.add(names + "= graft_given");
            for (int i = 0; i < count; i++) {
                lines.add(self + "." + OUTPUT + i + " = graft_" + i);
            }
        }
        lines.add(self + "." + RUNS + " = torch.add(" + self + "." + RUNS + ", 1.)");
        lines.add("return graft_given");
        return lines;
    }
}
