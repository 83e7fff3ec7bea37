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
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code model.pt}: a copy of an archive with what a plan changes in it. */
public final class ScriptFormat implements StateDictFormat {
    private final ScriptArchive archive;
    private final Plan plan;

    /**
     * @param plan without errors
     */
    public ScriptFormat(ScriptArchive archive, Plan plan) {
        this.archive = archive;
        this.plan = plan;
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
    public boolean hasMetadata() {
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
        changes.values().forEach(tensor -> values.add(outputs.get(tensor.name())));
        ScriptEdit edit = new ScriptEdit(archive);
        changes.flags().forEach(edit::flag);
        changes.retyped().forEach(tensor -> edit.retype(tensor, outputs.get(tensor.name())));
        if (!changes.parametrized().isEmpty()) {
            edit.parametrize(plan.tensors());
        }
        Path file = folder.resolve(fileName());
        List<WrittenFile> written =
                new TorchScriptWriter(archive.checkpoint(), file, options).write(values, edit.members());
        requireAsPlanned(file);
        return written;
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
