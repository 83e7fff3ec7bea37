package io.graft.torchscript;

import io.graft.Plan;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.pytorch.TorchScriptWriter;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.model.DraftTensor;
import io.graft.problem.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** {@code model.pt}: a copy of an archive with what a plan changes in it. */
public final class ScriptFormat implements StateDictFormat {
    private final ScriptArchive archive;
    private final Plan plan;
    private final Supplier<List<Problem>> refusals;

    /**
     * @param plan without errors
     */
    public ScriptFormat(ScriptArchive archive, Plan plan) {
        this(archive, plan, List::of);
    }

    /**
     * @param refusals why an archive cannot hold the plan, which may take trial edits of its code
     */
    public ScriptFormat(ScriptArchive archive, Plan plan, Supplier<List<Problem>> refusals) {
        this.archive = archive;
        this.plan = plan;
        this.refusals = refusals;
    }

    @Override
    public List<Problem> refusals() {
        return refusals.get();
    }

    @Override
    public String fileName() {
        return ModelFiles.TORCHSCRIPT;
    }

    @Override
    public List<String> extensions() {
        return List.of(".pt");
    }

    @Override
    public boolean isDivisible() {
        return false;
    }

    @Override
    public boolean keepsMetadata(String key) {
        return false;
    }

    @Override
    public boolean keepsTies() {
        return true;
    }

    @Override
    public List<WrittenFile> write(Path folder, OutputStateDict stateDict, long maxShardSize, WriteOptions options)
            throws IOException {
        Map<String, OutputTensor> outputs = new HashMap<>();
        stateDict.tensors().forEach(tensor -> outputs.put(tensor.name(), tensor));
        ScriptChanges changes = ScriptChanges.of(archive, plan);
        List<OutputTensor> values = new ArrayList<>();
        boolean recoded = changes.isRecoded();
        // What parametrizations own is written anew with them.
        Predicate<DraftTensor> stays = tensor -> !recoded || tensor.owner().isEmpty();
        changes.values().stream().filter(stays).forEach(tensor -> values.add(output(tensor, outputs)));
        ScriptEdit edit = new ScriptEdit(recoded ? archive : archive.asWritten());
        changes.flags().stream().filter(stays).forEach(edit::flag);
        changes.retyped().stream().filter(stays).forEach(tensor -> edit.retype(tensor, output(tensor, outputs)));
        if (recoded) {
            edit.parametrize(plan.tensors(), changes.standing());
        } else {
            changes.weights().forEach(weight -> values.add(ScriptEdit.output(weight)));
        }
        Path file = folder.resolve(fileName());
        List<WrittenFile> written =
                new TorchScriptWriter(archive.checkpoint(), file, options).write(values, edit.members());
        requireAsPlanned(file);
        return written;
    }

    /** What an adapter owns is no part of the model that other formats write. */
    private static OutputTensor output(DraftTensor tensor, Map<String, OutputTensor> outputs) {
        OutputTensor output = outputs.get(tensor.name());
        return output == null ? ScriptEdit.output(tensor) : output;
    }

    private void requireAsPlanned(Path file) throws IOException {
        Map<String, TensorEntry> found = Checkpoint.open(file).stored();
        for (DraftTensor tensor : plan.tensors()) {
            if (!tensor.isStored() && tensor.owner().isEmpty()) {
                continue;
            }
            TensorEntry entry = found.get(tensor.name());
            if (entry == null
                    || entry.dtype() != tensor.written().dtype()
                    || !entry.shape().equals(tensor.written().shape())
                    || entry.declared().filter(DeclaredKind.PARAMETER::equals).isPresent()
                            != ScriptEdit.takesGradient(tensor)) {
                throw new IOException(file + ": the file just written reads back with another `" + tensor.name()
                        + "` than was written");
            }
        }
    }
}
