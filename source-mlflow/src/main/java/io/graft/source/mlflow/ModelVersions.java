package io.graft.source.mlflow;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.source.TransferException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import org.mlflow.api.proto.ModelRegistry.GetModelVersion;
import org.mlflow.api.proto.ModelRegistry.ModelVersion;
import org.mlflow.tracking.MlflowClient;
import org.mlflow_project.google.protobuf.util.JsonFormat;

/** Finds out which version of a registered model is meant by now. */
record ModelVersions(MlflowClient client) {
    /**
     * Its number.
     *
     * @throws TransferException if the model has no version
     * @throws IOException if an answer makes no sense
     */
    String of(MlflowLocation.OfModel model) throws IOException {
        if (model.choice() instanceof MlflowLocation.Choice.Numbered number) {
            return number.version();
        } else if (model.choice() instanceof MlflowLocation.Choice.Alias alias) {
            return bearing(alias.alias(), model.name());
        }
        return latest(model.name());
    }

    /** Asks the REST API itself: the client is older than aliases. */
    private String bearing(String alias, String name) throws IOException {
        GetModelVersion.Response.Builder answer = GetModelVersion.Response.newBuilder();
        String json = client.sendGet("registered-models/alias?name=" + encoded(name) + "&alias=" + encoded(alias));
        JsonFormat.parser().ignoringUnknownFields().merge(json, answer);
        return answer.getModelVersion().getVersion();
    }

    /** The server tells the last version of each stage. */
    private String latest(String name) throws TransferException {
        return client.getLatestVersions(name).stream()
                .map(ModelVersion::getVersion)
                .max(Comparator.comparing(Long::parseLong))
                .orElseThrow(() ->
                        TransferException.lasting(Reason.NOT_FOUND, "the model has no version yet", "check its name"));
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
