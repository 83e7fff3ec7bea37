package io.graft.lora.dialect;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.write.WrittenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Writes an adapter as the files of another dialect; its tensors stay the same to the bit, but for the places of their elements. */
public final class AdapterConverter {
    private final AdapterDialects dialects;
    private final AdapterDialect to;
    private final Optional<Path> base;
    private final Optional<String> section;

    /**
     * @param to the dialect that is written
     * @param base the model that the adapter is for: a checkpoint, or its folder with {@code config.json}; some dialects need its names
     *     or its numbers of heads
     * @param section the model of a pipeline that is wanted, or that the adapter is for if its files do not tell
     */
    public AdapterConverter(
            AdapterDialects dialects, AdapterDialect to, Optional<Path> base, Optional<String> section) {
        this.dialects = dialects;
        this.to = to;
        this.base = base;
        this.section = section;
    }

    /**
     * Writes the adapter: all of it, or nothing.
     *
     * @param adapter the folder that it was saved to, or its file of tensors
     * @param folder where the new one goes; it must not exist
     * @throws CheckpointException if the adapter cannot be read, or holds what the other dialect cannot say
     * @throws IOException if files cannot be read or written; nothing is written then
     */
    public ConvertedAdapter convert(Path adapter, Path folder) throws IOException {
        Optional<BaseModel> model = base.map(Checkpoint::open).map(BaseModel::of);
        OpenedAdapter opened = OpenedAdapter.read(dialects, adapter, model, section);
        if (opened.adapters().stream().anyMatch(Adapter::isFlat)
                && !to.id().equals(opened.dialect().id())) {
            throw opened.refusal(
                    "has names of modules without dots, which `" + to.id() + "` needs",
                    "name the model whose modules they are: --base MODEL");
        }
        AdapterTarget target = new AdapterTarget(model, section);
        List<WrittenFile> written = opened.write(opened.adapters(), to, target, folder);
        return new ConvertedAdapter(
                opened.dialect().id(),
                to.id(),
                opened.adapters().stream()
                        .mapToInt(each -> each.tensors().size())
                        .sum(),
                target.notes(),
                written);
    }
}
