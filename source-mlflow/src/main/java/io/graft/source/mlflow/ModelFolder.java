package io.graft.source.mlflow;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.source.TransferException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.mlflow.api.proto.Service.FileInfo;
import org.mlflow.api.proto.Service.ListArtifacts;
import org.mlflow.tracking.MlflowClient;
import org.mlflow_project.google.protobuf.util.JsonFormat;

/**
 * The folder of a registered model, in which a checkpoint lies among descriptions and code.
 *
 * @param model its name
 * @param root the URI of the folder
 */
record ModelFolder(MlflowClient client, String model, String version, String root) {
    private static final int DEEPEST = 3;
    private static final String INDEX = ".safetensors.index.json";
    private static final String SAFETENSORS = ".safetensors";
    private static final List<String> ENDINGS = List.of(INDEX, SAFETENSORS, ".pt", ".pth", ".ckpt", ".bin");

    /**
     * The path of the one checkpoint below the folder.
     *
     * @throws TransferException if there is none, or more than one
     * @throws IOException if an answer makes no sense
     */
    String checkpoint() throws IOException {
        String run = client.getModelVersion(model, version).getRunId();
        String artifacts = run.isEmpty() ? "" : client.getRun(run).getInfo().getArtifactUri();
        if (artifacts.isEmpty() || !root.startsWith(artifacts + "/")) {
            throw TransferException.lasting(
                    Reason.NOT_FOUND,
                    "the files of this model version cannot be listed, since no run has logged it",
                    "name the file: models:/" + model + "/" + version + "/path/of/file");
        }
        String folder = root.substring(artifacts.length() + 1);
        List<String> found = new ArrayList<>();
        collect(run, folder, 0, found);
        List<String> below = found.stream()
                .map(path -> path.substring(folder.length() + 1))
                .sorted()
                .toList();
        for (String ending : List.of(INDEX, SAFETENSORS, "")) {
            List<String> chosen =
                    below.stream().filter(path -> path.endsWith(ending)).toList();
            if (chosen.size() == 1) {
                return chosen.get(0);
            }
        }
        throw TransferException.lasting(
                Reason.NOT_FOUND,
                below.isEmpty()
                        ? "no checkpoint is among the files of this model version"
                        : "several checkpoints are among the files of this model version: " + String.join(", ", below),
                "name the file: models:/" + model + "/" + version + "/path/of/file");
    }

    private void collect(String run, String folder, int depth, List<String> found) throws IOException {
        for (FileInfo file : list(run, folder)) {
            if (file.getIsDir()) {
                if (depth < DEEPEST) {
                    collect(run, file.getPath(), depth + 1, found);
                }
            } else if (ENDINGS.stream().anyMatch(file.getPath()::endsWith)) {
                found.add(file.getPath());
            }
        }
    }

    /** Asks the REST API itself: the client's own method starts a Python program. */
    private List<FileInfo> list(String run, String folder) throws IOException {
        String call = "artifacts/list?run_id=" + encoded(run) + "&path=" + encoded(folder);
        List<FileInfo> files = new ArrayList<>();
        String page = "";
        do {
            ListArtifacts.Response.Builder answer = ListArtifacts.Response.newBuilder();
            String json = client.sendGet(page.isEmpty() ? call : call + "&page_token=" + encoded(page));
            JsonFormat.parser().ignoringUnknownFields().merge(json, answer);
            files.addAll(answer.getFilesList());
            page = answer.getNextPageToken();
        } while (!page.isEmpty());
        return files;
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
