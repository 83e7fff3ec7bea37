package io.graft.benchmarks.lora;

import io.graft.ModelRef;
import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.ValueWatch;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.model.ModelDraft;
import io.graft.torchscript.ScriptArchive;
import io.graft.torchscript.ScriptFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Folds the adapters that the program of a TorchScript archive has into its weights. */
public final class FoldedArchive {
    private FoldedArchive() {}

    /** {@code ARCHIVE FOLDER}; the folder gets {@code model.pt}. */
    public static void main(String[] arguments) throws IOException {
        Path source = Path.of(arguments[0]);
        ScriptArchive archive = ScriptArchive.read(Checkpoint.open(source));
        ModelDraft draft = archive.draft();
        draft.adapters().forEach(adapter -> draft.foldAdapter(adapter.name()));
        ModifierRecord record =
                new ModifierRecord(0, "fold", "", Map.of(), draft.changes(), List.of(), List.of(), List.of());
        Plan plan = new Plan(
                new ModelRef("torchscript", source.toString()),
                List.of(record),
                List.copyOf(draft.tensors()),
                List.of());
        new ScriptFormat(archive, plan)
                .write(
                        Files.createDirectories(Path.of(arguments[1])),
                        new OutputStateDict(new ValueWatch().outputs(plan.stored())),
                        Long.MAX_VALUE,
                        WriteOptions.DEFAULT);
    }
}
