package io.graft.lora.dialect;

import io.graft.Artifact;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.publish.InputFiles;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An adapter of this machine, read by the dialect that recognises it.
 *
 * @param dialects those that it may be of
 * @param file its file of tensors
 * @param dialect the one that it is of
 * @param adapters what it holds
 */
public record OpenedAdapter(AdapterDialects dialects, Path file, AdapterDialect dialect, List<Adapter> adapters) {
    public OpenedAdapter {
        adapters = List.copyOf(adapters);
    }

    /**
     * Reads it.
     *
     * @param path the file of tensors, or the folder that it is in
     * @param section the only model of a pipeline that is wanted
     * @throws CheckpointException if it cannot be read, or something is wrong with it
     */
    public static OpenedAdapter read(
            AdapterDialects dialects, Path path, Optional<BaseModel> base, Optional<String> section) {
        Path file = dialects.fileIn(path);
        Collected problems = new Collected();
        AdapterSource source = AdapterSource.of(file, base, section, problems);
        AdapterDialect dialect = dialects.of(source);
        List<Adapter> adapters = dialects.read(dialect, source);
        problems.refuse(source);
        return new OpenedAdapter(dialects, file, dialect, adapters);
    }

    /** What is told of an adapter where nobody takes more than one error. */
    private static final class Collected implements AdapterProblems {
        private final List<Problem> errors = new ArrayList<>();

        @Override
        public void error(ProblemCode code, String message, String help) {
            errors.add(Problem.error(code, message, help));
        }

        void refuse(AdapterSource source) {
            if (!errors.isEmpty()) {
                Problem first = errors.get(0);
                throw source.refusal(
                        Reason.MALFORMED,
                        first.message() + (errors.size() > 1 ? " (and " + (errors.size() - 1) + " more)" : ""),
                        first.help());
            }
        }
    }

    /** That something cannot be done with it. */
    public CheckpointException refusal(String what, String help) {
        return new CheckpointException(Reason.UNSUPPORTED, file, what, help);
    }

    /**
     * Writes adapters as a dialect has them: all of them, or nothing.
     *
     * @param folder which must not exist
     * @throws CheckpointException if the dialect cannot say all of them
     * @throws IOException if files cannot be read or written; nothing is written then
     */
    public List<WrittenFile> write(List<Adapter> others, AdapterDialect as, AdapterTarget target, Path folder)
            throws IOException {
        List<Artifact> artifacts = AdapterDialects.write(as, others, target);
        if (!target.refusals().isEmpty()) {
            throw refusal(
                    "holds what `" + as.id() + "` cannot say: " + String.join("; ", target.refusals()),
                    "leave it as it is, or merge it with lora-merge");
        }
        return AdapterFolder.write(artifacts, folder, InputFiles.of(List.of(file)));
    }
}
