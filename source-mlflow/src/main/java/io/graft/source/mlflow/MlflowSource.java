package io.graft.source.mlflow;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.checkpoint.source.CheckpointSource;
import io.graft.checkpoint.source.LocatedCheckpoint;
import io.graft.checkpoint.source.SourceSetting;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Artifacts of MLflow: {@code models:/bert/3}, {@code models:/bert@champion}, {@code runs:/0123abcd/checkpoints/last.ckpt}. The server and the proof of who
 * asks are those of {@code MLFLOW_TRACKING_URI} and {@code MLFLOW_TRACKING_TOKEN} unless the configuration gives others.
 */
@AutoService(CheckpointSource.class)
public final class MlflowSource implements CheckpointSource {
    private static final String TRACKING_URI = "tracking-uri";

    /** As {@link java.util.ServiceLoader} needs it. */
    public MlflowSource() {}

    @Override
    public List<String> schemes() {
        return List.of("models", "runs");
    }

    @Override
    public List<SourceSetting> settings() {
        return List.of(new SourceSetting(TRACKING_URI, SourceSetting.Kind.TEXT, "the URL of the MLflow server"));
    }

    @Override
    public String server(CheckpointRef ref) {
        return trackingUri(ref).orElse("");
    }

    @Override
    public void check(CheckpointRef ref) {
        MlflowLocation.of(ref);
        String server = trackingUri(ref)
                .orElseThrow(() -> new IllegalArgumentException("`" + ref.shown()
                        + "` needs to know where MLflow is; set MLFLOW_TRACKING_URI in the environment, or write { uri = \""
                        + ref.shown() + "\", settings { " + TRACKING_URI + " = \"https://host\" } }"));
        if (!server.matches("https?://[^/?#]+[^?#]*")) {
            throw new IllegalArgumentException("`" + CheckpointRef.shown(server)
                    + "` is no URL of an MLflow server; write http:// or https:// and a host");
        }
    }

    @Override
    public LocatedCheckpoint locate(CheckpointRef ref) throws IOException {
        String server = trackingUri(ref).orElseThrow().replaceFirst("/+$", "");
        Optional<String> token = ref.conditions().token().or(() -> variable("MLFLOW_TRACKING_TOKEN"));
        return new MlflowArtifacts(server, token).locate(MlflowLocation.of(ref), ref);
    }

    private static Optional<String> trackingUri(CheckpointRef ref) {
        return Optional.ofNullable(ref.settings().get(TRACKING_URI)).or(() -> variable("MLFLOW_TRACKING_URI"));
    }

    private static Optional<String> variable(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
    }
}
