package io.graft.source.mlflow;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.checkpoint.source.CheckpointSource;
import io.graft.checkpoint.source.CheckpointSources;
import io.graft.checkpoint.source.RemoteFile;
import io.graft.checkpoint.source.TransferException;
import io.graft.checkpoint.source.http.HttpFile;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowClientException;
import org.mlflow.tracking.MlflowHttpException;
import org.mlflow.tracking.creds.BasicMlflowHostCreds;

/**
 * The artifacts of one server.
 *
 * @param server its URL, without a slash at the end
 * @param token proves who asks
 */
record MlflowArtifacts(String server, Optional<String> token) {
    private static final Pattern PROXIED = Pattern.compile("mlflow-artifacts:(?://([^/]+))?/+(.*)");
    private static final String PROXY = "/api/2.0/mlflow-artifacts/artifacts/";

    /**
     * Asks where a file is.
     *
     * @throws TransferException if the server does not know it, or it lies where nothing reaches it
     */
    RemoteFile locate(MlflowLocation location, CheckpointRef ref) throws IOException {
        try (MlflowClient client = new MlflowClient(credentials())) {
            String root = location instanceof MlflowLocation.OfModel model
                    ? client.getModelVersionDownloadUri(model.name(), model.version())
                    : client.getRun(((MlflowLocation.OfRun) location).id())
                            .getInfo()
                            .getArtifactUri();
            String path = location instanceof MlflowLocation.OfModel model
                            && model.path().isEmpty()
                    ? new ModelFolder(client, model, root).checkpoint()
                    : location.path();
            RemoteFile file = file(root.replaceFirst("/+$", "") + "/" + path, ref);
            int folder = path.lastIndexOf('/') + 1;
            return new MlflowFile(file, location.root() + "/" + path.substring(0, folder));
        } catch (MlflowHttpException refused) {
            throw refusal(refused);
        } catch (MlflowClientException failed) {
            throw TransferException.lasting(
                    Reason.UNREACHABLE,
                    "the MLflow server at " + CheckpointRef.shown(server) + " does not answer",
                    "check its URL and that it runs",
                    failed);
        }
    }

    private BasicMlflowHostCreds credentials() {
        return token.map(given -> new BasicMlflowHostCreds(server, given))
                .orElseGet(() -> new BasicMlflowHostCreds(server));
    }

    private RemoteFile file(String uri, CheckpointRef ref) throws IOException {
        Matcher proxied = PROXIED.matcher(uri);
        if (proxied.matches()) {
            String host = proxied.group(1);
            String base = host == null ? server : server.substring(0, server.indexOf("://") + 3) + host;
            return new HttpFile(
                    URI.create(base + PROXY + encoded(proxied.group(2))), host == null ? token : Optional.empty());
        }
        CheckpointRef elsewhere = new CheckpointRef(uri, ref.conditions(), Map.of());
        CheckpointSource source = CheckpointSources.discover()
                .of(elsewhere.scheme())
                .filter(CheckpointSource::isRemote)
                .orElseThrow(() -> TransferException.lasting(
                        Reason.UNREADABLE,
                        "the artifact lies at " + elsewhere.shown() + ", which nothing here reaches",
                        "let the server hand out its artifacts (mlflow server --serve-artifacts), or add the source of this"
                                + " scheme"));
        return (RemoteFile) source.locate(elsewhere);
    }

    private static String encoded(String path) {
        try {
            return new URI(null, null, "/" + path, null).getRawPath().substring(1);
        } catch (URISyntaxException impossible) {
            throw new IllegalArgumentException(path, impossible);
        }
    }

    private static TransferException refusal(MlflowHttpException refused) {
        int status = refused.getStatusCode();
        String answers = "the MLflow server answers " + status;
        return switch (status) {
            case 404 ->
                TransferException.lasting(
                        Reason.NOT_FOUND,
                        answers + ": it does not know the run or the model's version",
                        "check the location");
            case 401, 403 ->
                TransferException.lasting(
                        Reason.UNREADABLE, answers, "give `token`, or set MLFLOW_TRACKING_TOKEN in the environment");
            default -> TransferException.lasting(Reason.UNREACHABLE, answers, "try again later");
        };
    }
}
