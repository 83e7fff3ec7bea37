package io.graft.source.mlflow;

import io.graft.checkpoint.source.CheckpointRef;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An artifact, as MLflow's URIs name it. */
sealed interface MlflowLocation {
    /** The path of the file below {@link #root}; may be empty. */
    String path();

    /** The URI without the path. */
    String root();

    /** A file of a registered model; without a path, the only checkpoint in it. */
    record OfModel(String name, String version, String path) implements MlflowLocation {
        private static final Pattern URI = Pattern.compile("(?i:models):/([^/@:]+)/(\\d+)(?:/(.*))?");

        @Override
        public String root() {
            return "models:/" + name + "/" + version;
        }
    }

    /** A file of a run. */
    record OfRun(String id, String path) implements MlflowLocation {
        private static final Pattern URI = Pattern.compile("(?i:runs):/([A-Za-z0-9_-]+)/(.+)");

        @Override
        public String root() {
            return "runs:/" + id;
        }
    }

    /**
     * @throws IllegalArgumentException if the URI names no artifact
     */
    static MlflowLocation of(CheckpointRef ref) {
        Matcher model = OfModel.URI.matcher(ref.uri());
        if (model.matches()) {
            return new OfModel(model.group(1), model.group(2), model.group(3) == null ? "" : model.group(3));
        }
        Matcher run = OfRun.URI.matcher(ref.uri());
        if (run.matches()) {
            return new OfRun(run.group(1), run.group(2));
        }
        throw new IllegalArgumentException("`" + ref.shown() + "` names no artifact; write "
                + (ref.scheme().equals("runs")
                        ? "runs:/run-id/path/of/file"
                        : "models:/name/version, with a number as version, or models:/name/version/path/of/file"));
    }
}
