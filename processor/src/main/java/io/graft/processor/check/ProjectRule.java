package io.graft.processor.check;

import io.graft.processor.model.SourceRef;
import java.util.regex.Pattern;

/** The option that names the project becomes a folder below {@code META-INF/native-image}. */
public final class ProjectRule implements Rule<String> {
    private static final Pattern FOLDER = Pattern.compile("[\\w-][\\w.-]*(/[\\w-][\\w.-]*)*");

    /** Whether a name can be the path of a folder; the empty one stands for none. */
    public static boolean isFolder(String project) {
        return project.isEmpty() || FOLDER.matcher(project).matches();
    }

    @Override
    public Report check(String project) {
        return Report.when(
                !isFolder(project),
                MistakeCode.UNKNOWN_OPTION,
                SourceRef.nowhere(),
                "-Agraft.project=%s is no folder name such as com.acme/acme-lora; each modifier's package is used."
                        .formatted(project));
    }
}
