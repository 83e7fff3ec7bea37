package io.graft.source.mlflow;

import io.graft.checkpoint.source.CheckpointRef;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An artifact, as MLflow's URIs name it. */
sealed interface MlflowLocation {
    /** The path of the file below what the rest of the URI names; may be empty. */
    String path();

    /** A file of a registered model; without a path, the only checkpoint in it. */
    record OfModel(String name, Choice choice, String path) implements MlflowLocation {
        private static final Pattern URI =
                Pattern.compile("(?i:models):/([^/@:]+)(?:/(\\d+|(?i:latest))|@([^/@:]+))(?:/(.*))?");

        private static OfModel of(Matcher matcher) {
            String path = matcher.group(4) == null ? "" : matcher.group(4);
            if (matcher.group(3) != null) {
                return new OfModel(matcher.group(1), new Choice.Alias(matcher.group(3)), path);
            }
            String version = matcher.group(2).toLowerCase(Locale.ROOT);
            return new OfModel(
                    matcher.group(1),
                    version.equals("latest") ? new Choice.Latest() : new Choice.Numbered(version),
                    path);
        }
    }

    /** Which version of a registered model is meant. */
    sealed interface Choice {
        /** This one, for ever. */
        record Numbered(String version) implements Choice {}

        /** The one that bears a name, which may be given to another. */
        record Alias(String alias) implements Choice {}

        /** The one with the highest number, whatever it is by now. */
        record Latest() implements Choice {}
    }

    /** A file of a run. */
    record OfRun(String id, String path) implements MlflowLocation {
        private static final Pattern URI = Pattern.compile("(?i:runs):/([A-Za-z0-9_-]+)/(.+)");
    }

    /**
     * @throws IllegalArgumentException if the URI names no artifact
     */
    static MlflowLocation of(CheckpointRef ref) {
        Matcher model = OfModel.URI.matcher(ref.uri());
        if (model.matches()) {
            return OfModel.of(model);
        }
        Matcher run = OfRun.URI.matcher(ref.uri());
        if (run.matches()) {
            return new OfRun(run.group(1), run.group(2));
        }
        throw new IllegalArgumentException("`" + ref.shown() + "` names no artifact; write "
                + (ref.scheme().equals("runs")
                        ? "runs:/run-id/path/of/file"
                        : "models:/name/version, with a number or latest as version, or models:/name@alias; /path/of/file may"
                                + " follow"));
    }
}
