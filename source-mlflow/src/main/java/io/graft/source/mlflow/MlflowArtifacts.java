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
            return location instanceof MlflowLocation.OfModel model
                    ? ofModel(client, model, ref)
                    : ofRun(client, (MlflowLocation.OfRun) location, ref);
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

    private RemoteFile ofModel(MlflowClient client, MlflowLocation.OfModel model, CheckpointRef ref)
            throws IOException {
        String version = new ModelVersions(client).of(model);
        String uri = "models:/" + model.name() + "/" + version;
        String root = client.getModelVersionDownloadUri(model.name(), version);
        String path = model.path().isEmpty()
                ? new ModelFolder(client, model.name(), version, root).checkpoint()
                : model.path();
        RemoteFile file = file(below(root, path), ref);
        boolean isFixed = model.choice() instanceof MlflowLocation.Choice.Numbered;
        return new MlflowFile(isFixed ? file : new FileOfVersion(file, version), folder(uri, path));
    }

    private RemoteFile ofRun(MlflowClient client, MlflowLocation.OfRun run, CheckpointRef ref) throws IOException {
        String root = client.getRun(run.id()).getInfo().getArtifactUri();
        return new MlflowFile(file(below(root, run.path()), ref), folder("runs:/" + run.id(), run.path()));
    }

    private static String below(String root, String path) {
        return root.replaceFirst("/+$", "") + "/" + path;
    }

    /** The URI of the folder that a file is in, so that what stands beside it is of the same version. */
    private static String folder(String root, String path) {
        return root + "/" + path.substring(0, path.lastIndexOf('/') + 1);
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
                        answers + ": it does not know the run, or the model's version or alias",
                        "check the location");
            case 401, 403 ->
                TransferException.lasting(
                        Reason.UNREADABLE, answers, "give `token`, or set MLFLOW_TRACKING_TOKEN in the environment");
            default -> TransferException.lasting(Reason.UNREACHABLE, answers, "try again later");
        };
    }
}
