package io.graft.processor.check;

import io.graft.processor.model.SourceRef;
import java.util.regex.Pattern;

/** The option that names the project becomes a folder below {@code META-INF/native-image}. */
public final class ProjectRule implements Rule<String> {
    /** The folder of a project that names none. */
    public static final String DEFAULT = "io.graft/modifiers";

    private static final Pattern FOLDER = Pattern.compile("[\\w-][\\w.-]*(/[\\w-][\\w.-]*)*");

    /** The folder of a project. */
    public static String folder(String project) {
        return project.isEmpty() || !isFolder(project) ? DEFAULT : project;
    }

    private static boolean isFolder(String project) {
        return project.isEmpty() || FOLDER.matcher(project).matches();
    }

    @Override
    public Report check(String project) {
        return Report.when(
                !isFolder(project),
                MistakeCode.UNKNOWN_OPTION,
                SourceRef.nowhere(),
                "-Agraft.project=%s is no folder name such as com.acme/acme-lora; `%s` is used."
                        .formatted(project, DEFAULT));
    }
}
