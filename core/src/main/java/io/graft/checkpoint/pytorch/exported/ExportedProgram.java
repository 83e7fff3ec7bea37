package io.graft.checkpoint.pytorch.exported;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.Section;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.container.TorchArchive;
import io.graft.checkpoint.pytorch.state.NamedTensor;
import io.graft.problem.FirstFew;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The programs of an archive of {@code torch.export.save}. Each has weights, which are parameters and persistent buffers, and
 * constants, which are the other buffers and the tensors of the code. The weights of the only program are the section {@code model},
 * its constants {@code constants}; of several, they are named after their programs.
 */
public final class ExportedProgram {
    /** What {@link Checkpoint#content} tells of such an archive. */
    public static final String LAYOUT = "exported";

    private static final String WEIGHTS = "data/weights";
    private static final String CONSTANTS = "data/constants";

    private final CheckpointFile file;
    private final TorchArchive archive;
    private final Refusals refusals;
    private final List<String> warnings = new ArrayList<>();

    private ExportedProgram(CheckpointFile file, TorchArchive archive, Refusals refusals) {
        this.file = file;
        this.archive = archive;
        this.refusals = refusals;
    }

    /**
     * Reads the descriptions.
     *
     * @param format the id of the format that opens it
     * @throws CheckpointException if the archive is damaged, or holds no weights
     */
    public static Checkpoint read(CheckpointFile file, TorchArchive archive, Refusals refusals, String format)
            throws IOException {
        return new ExportedProgram(file, archive, refusals).read(format);
    }

    private Checkpoint read(String format) throws IOException {
        List<String> programs = programs();
        if (programs.isEmpty()) {
            throw refusals.unsupported(
                    "a .pt2 archive without the weights of an exported program, as one of compiled code",
                    "give what torch.export.save wrote");
        }
        List<Section> sections = new ArrayList<>();
        try (FileChannel channel = file.open()) {
            for (String program : programs) {
                boolean only = programs.size() == 1;
                sections.add(
                        Section.of(only ? Section.MODEL : program, tensors(WEIGHTS, program, "_weights", channel)));
                Map<String, TensorEntry> constants = tensors(CONSTANTS, program, "_constants", channel);
                if (!constants.isEmpty()) {
                    sections.add(Section.of(only ? "constants" : program + ".constants", constants));
                }
            }
        }
        Section own = sections.stream()
                .filter(section -> section.name().equals(Section.MODEL))
                .findFirst()
                .orElseGet(() -> Section.undecided(() -> undecided(programs)));
        List<Section> others =
                sections.stream().filter(section -> section != own).toList();
        return new Checkpoint(file.path(), format, LAYOUT, own, others, Map.of(), warnings);
    }

    private List<String> programs() {
        String start = WEIGHTS + "/";
        String end = "_weights_config.json";
        return archive.names().stream()
                .filter(name ->
                        name.startsWith(start) && name.endsWith(end) && name.length() > start.length() + end.length())
                .map(name -> name.substring(start.length(), name.length() - end.length()))
                .toList();
    }

    private CheckpointException undecided(List<String> programs) {
        String first = programs.get(0);
        return refusals.unrecognised(
                "the archive holds several programs: " + FirstFew.names(programs),
                "name the one that you need as its section: section = " + Refusals.quote(first) + ", or --section "
                        + Refusals.quote(first));
    }

    private Map<String, TensorEntry> tensors(String folder, String program, String kind, FileChannel channel)
            throws IOException {
        String member = folder + "/" + program + kind + "_config.json";
        if (!archive.has(member)) {
            return Map.of();
        }
        Map<String, NamedTensor> tensors = new LinkedHashMap<>();
        FirstFew others = new FirstFew();
        try (InputStream config = archive.stream(member)) {
            for (Map.Entry<String, Payload> each :
                    PayloadParser.parse(config, refusals, member).entrySet()) {
                Payload payload = each.getValue();
                if (payload.meta() == null) {
                    others.add(() -> Refusals.quote(each.getKey()));
                } else {
                    String name = each.getKey();
                    requireName(name);
                    tensors.put(
                            name,
                            payload.tensor(archive.size(folder, payload.path(), "tensor " + Refusals.quote(name))));
                }
            }
        }
        if (!others.isEmpty()) {
            warnings.add("not tensors, so left out: " + others);
        }
        return NamedTensor.locate(
                tensors, (key, wantedBy) -> archive.storage(folder, key, wantedBy, channel), refusals);
    }

    private void requireName(String name) {
        String flaw = TensorName.flaw(name);
        if (flaw != null) {
            throw refusals.refused("the tensor name " + Refusals.quote(name) + " " + flaw);
        }
    }
}
