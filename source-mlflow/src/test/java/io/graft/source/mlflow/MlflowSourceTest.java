package io.graft.source.mlflow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.source.CheckpointFetcher;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.checkpoint.source.CheckpointSources;
import io.graft.checkpoint.source.FetchConditions;
import io.graft.checkpoint.source.FetchedCheckpoint;
import io.graft.checkpoint.source.RemoteFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Artifacts of models and runs, from a server that speaks MLflow's REST API. */
class MlflowSourceTest {
    private static final String RUN = "{\"run\": {\"info\": {\"run_id\": \"r1\", \"run_uuid\": \"r1\","
            + " \"artifact_uri\": \"mlflow-artifacts:/1/r1/artifacts\"}}}";

    private final byte[] content = safetensors();
    private MlflowServer server;

    @BeforeEach
    void start() throws IOException {
        server = new MlflowServer()
                .api("runs/get?run_id=r1", RUN)
                .api(
                        "model-versions/get-download-uri?name=My Model&version=3",
                        "{\"artifact_uri\": \"mlflow-artifacts:/1/r1/artifacts/model\"}")
                .api(
                        "model-versions/get?name=My Model&version=3",
                        "{\"model_version\": {\"name\": \"My Model\", \"version\": \"3\", \"run_id\": \"r1\"}}");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** One tensor of four bytes. */
    private static byte[] safetensors() {
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
        byte[] file = Arrays.copyOf(new byte[] {(byte) header.length()}, 8 + header.length() + 4);
        System.arraycopy(header.getBytes(StandardCharsets.UTF_8), 0, file, 8, header.length());
        return file;
    }

    private CheckpointRef ref(String uri, Optional<String> token) {
        FetchConditions none = FetchConditions.NONE;
        return new CheckpointRef(
                uri,
                new FetchConditions(
                        none.sha256(), none.maxBytes(), 1, none.idleTimeout(), none.timeout(), false, token),
                Map.of("tracking-uri", server.url()));
    }

    private CheckpointRef ref(String uri) {
        return ref(uri, Optional.empty());
    }

    private String failure(CheckpointRef ref) {
        CheckpointException failed = assertThrows(
                CheckpointException.class, () -> CheckpointFetcher.create().fetch(ref));
        return failed.reason() + " " + failed.getMessage().replace(server.url(), "SERVER");
    }

    private void list(String path, String files) {
        server.api("artifacts/list?run_id=r1&path=" + path, "{\"files\": [" + files + "]}");
    }

    private static String file(String path) {
        return "{\"path\": \"" + path + "\", \"is_dir\": false, \"file_size\": 70}";
    }

    @Test
    void anArtifactOfARunIsFetched() throws IOException {
        server.artifact("1/r1/artifacts/ckpt/a b.safetensors", content);
        FetchedCheckpoint fetched =
                CheckpointFetcher.create().fetch(ref("runs:/r1/ckpt/a b.safetensors", Optional.of("secret")));
        assertArrayEquals(content, Files.readAllBytes(fetched.path()));
        assertEquals("a b.safetensors", fetched.path().getFileName().toString());
        assertEquals(List.of("Bearer secret", "Bearer secret"), server.authorizations());
    }

    @Test
    void theCheckpointOfAModelIsFoundAmongItsFiles() throws IOException {
        list("model", file("model/MLmodel") + ", {\"path\": \"model/data\", \"is_dir\": true}");
        // in two pages
        server.api(
                "artifacts/list?run_id=r1&path=model/data",
                "{\"files\": [" + file("model/data/model.pth") + "], \"next_page_token\": \"a b\"}");
        list("model/data&page_token=a b", file("model/data/model.safetensors"));
        server.artifact("1/r1/artifacts/model/data/model.safetensors", content);
        FetchedCheckpoint fetched = CheckpointFetcher.create().fetch(ref("models:/My Model/3"));
        assertArrayEquals(content, Files.readAllBytes(fetched.path()));
    }

    @Test
    void aFileOfAModelIsFetchedByItsPath() throws IOException {
        server.artifact("1/r1/artifacts/model/data/model.safetensors", content);
        FetchedCheckpoint fetched = CheckpointFetcher.create().fetch(ref("models:/My Model/3/data/model.safetensors"));
        assertArrayEquals(content, Files.readAllBytes(fetched.path()));
    }

    private void version(int number, byte[] file) {
        String query = "?name=My Model&version=" + number;
        server.api(
                        "model-versions/get-download-uri" + query,
                        "{\"artifact_uri\": \"mlflow-artifacts:/1/r1/artifacts/m" + number + "\"}")
                .api("model-versions/get" + query, "{\"model_version\": " + modelVersion(number) + "}")
                .artifact("1/r1/artifacts/m" + number + "/a.safetensors", file);
        list("m" + number, file("m" + number + "/a.safetensors"));
    }

    private static String modelVersion(int number) {
        return "{\"name\": \"My Model\", \"version\": \"" + number
                + "\", \"run_id\": \"r1\", \"aliases\": [\"champion\"]}";
    }

    private void champion(int number) {
        server.api(
                "registered-models/alias?name=My Model&alias=champion",
                "{\"model_version\": " + modelVersion(number) + "}");
    }

    private byte[] fetched(String uri) throws IOException {
        return Files.readAllBytes(CheckpointFetcher.create().fetch(ref(uri)).path());
    }

    @Test
    void anAliasIsTheVersionThatBearsItByNow() throws IOException {
        byte[] other = content.clone();
        other[other.length - 1] = 1;
        version(9, content);
        version(10, other);
        champion(10);
        assertArrayEquals(other, fetched("models:/My Model@champion"));
        assertArrayEquals(other, fetched("models:/My Model@champion/a.safetensors"));
        champion(9);
        assertArrayEquals(content, fetched("models:/My Model@champion"));
        assertArrayEquals(content, fetched("models:/My Model@champion"));
        champion(10);
        assertArrayEquals(other, fetched("models:/My Model@champion/a.safetensors"));
    }

    /** The date of a file says nothing of the file of another version. */
    @Test
    void whatIsKnownOfOneVersionIsNotAskedOfAnother() throws IOException {
        server.withoutTags();
        byte[] other = content.clone();
        other[other.length - 1] = 1;
        version(9, content);
        version(10, other);
        champion(10);
        assertArrayEquals(other, fetched("models:/My Model@champion"));
        champion(9);
        assertArrayEquals(content, fetched("models:/My Model@champion"));
        assertArrayEquals(content, fetched("models:/My Model@champion"));
        assertEquals(List.of("-", "-", MlflowServer.DATE), server.conditions());
    }

    @Test
    void latestIsTheHighestNumber() throws IOException {
        version(9, new byte[0]);
        version(10, content);
        server.api(
                "registered-models/get-latest-versions?name=My Model",
                "{\"model_versions\": [" + modelVersion(10) + ", " + modelVersion(9) + "]}");
        assertArrayEquals(content, fetched("models:/My Model/latest"));
        assertArrayEquals(content, fetched("models:/My Model/Latest/a.safetensors"));
    }

    @Test
    void aModelWithoutTheVersionIsTold() {
        assertEquals(
                "NOT_FOUND models:/My Model@champion: the MLflow server answers 404: it does not know the run, or the model's"
                        + " version or alias; check the location",
                failure(ref("models:/My Model@champion")));
        server.api("registered-models/get-latest-versions?name=My Model", "{}");
        assertEquals(
                "NOT_FOUND models:/My Model/latest: the model has no version yet; check its name",
                failure(ref("models:/My Model/latest")));
    }

    @Test
    void shardsAreOfTheVersionOfTheirIndex() throws IOException {
        version(9, content);
        champion(9);
        CheckpointRef ref = ref("models:/My Model@champion/a.safetensors");
        RemoteFile file = (RemoteFile) new MlflowSource().locate(ref);
        assertEquals("models:/My Model/9/b.safetensors", file.sibling("b.safetensors"));
    }

    @Test
    void aModelWithoutOneCheckpointIsTold() {
        list("model", file("model/MLmodel"));
        assertEquals(
                "NOT_FOUND models:/My Model/3: no checkpoint is among the files of this model version; name the file:"
                        + " models:/My Model/3/path/of/file",
                failure(ref("models:/My Model/3")));
        list("model", file("model/a.pt") + ", " + file("model/b.pt"));
        assertEquals(
                "NOT_FOUND models:/My Model/3: several checkpoints are among the files of this model version: a.pt, b.pt;"
                        + " name the file: models:/My Model/3/path/of/file",
                failure(ref("models:/My Model/3")));
        server.api(
                "model-versions/get?name=My Model&version=3",
                "{\"model_version\": {\"name\": \"My Model\", \"version\": \"3\"}}");
        assertEquals(
                "NOT_FOUND models:/My Model/3: the files of this model version cannot be listed, since no run has logged"
                        + " it; name the file: models:/My Model/3/path/of/file",
                failure(ref("models:/My Model/3")));
    }

    @Test
    void whatTheServerDoesNotKnowIsTold() {
        assertEquals(
                "NOT_FOUND runs:/none/a.pt: the MLflow server answers 404: it does not know the run, or the model's version or"
                        + " alias; check the location",
                failure(ref("runs:/none/a.pt")));
        assertEquals(
                "NOT_FOUND runs:/r1/none.pt: the server answers 404; check the location",
                failure(ref("runs:/r1/none.pt")));
    }

    @Test
    void aServerThatRefusesIsTold() {
        server.refused("runs/get?run_id=private", 403).refused("runs/get?run_id=broken", 400);
        assertEquals(
                "UNREADABLE runs:/private/a.pt: the MLflow server answers 403; give `token`, or set MLFLOW_TRACKING_TOKEN in"
                        + " the environment",
                failure(ref("runs:/private/a.pt")));
        assertEquals(
                "UNREACHABLE runs:/broken/a.pt: the MLflow server answers 400; try again later",
                failure(ref("runs:/broken/a.pt")));
    }

    @Test
    void artifactsThatTheServerDoesNotHandOutAreTold() {
        server.api(
                "runs/get?run_id=r1",
                "{\"run\": {\"info\": {\"run_id\": \"r1\", \"artifact_uri\": \"file:///mlruns/1/r1/artifacts\"}}}");
        assertEquals(
                "UNREADABLE runs:/r1/a.pt: the artifact lies at file:///mlruns/1/r1/artifacts/a.pt, which nothing here"
                        + " reaches; let the server hand out its artifacts (mlflow server --serve-artifacts), or add the"
                        + " source of this scheme",
                failure(ref("runs:/r1/a.pt")));
    }

    @Test
    void artifactsOnAWebServerComeFromThere() throws IOException {
        server.api(
                "runs/get?run_id=r1",
                RUN.replace("mlflow-artifacts:/1", server.url() + "/api/2.0/mlflow-artifacts/artifacts/web"));
        server.artifact("web/r1/artifacts/a.safetensors", content);
        assertArrayEquals(
                content,
                Files.readAllBytes(CheckpointFetcher.create()
                        .fetch(ref("runs:/r1/a.safetensors"))
                        .path()));
    }

    @Test
    void aServerThatIsNotThereIsTold() {
        CheckpointRef nowhere = new CheckpointRef(
                "runs:/r1/a.pt", FetchConditions.NONE, Map.of("tracking-uri", "http://ann:pass@localhost:1"));
        assertEquals(
                "UNREACHABLE runs:/r1/a.pt: the MLflow server at http://***@localhost:1 does not answer; check its URL and"
                        + " that it runs",
                failure(nowhere));
    }

    private static String refusal(CheckpointRef ref) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> CheckpointSources.discover().taking(ref))
                .getMessage();
    }

    @Test
    void aLocationThatNamesNoArtifactIsRefused() {
        String models = "` names no artifact; write models:/name/version, with a number or latest as version, or"
                + " models:/name@alias; /path/of/file may follow";
        for (String uri : List.of("models:/bert", "models:/bert/Production", "models:/bert@", "models://bert/3")) {
            assertEquals("`" + uri + models, refusal(CheckpointRef.of(uri)));
        }
        assertEquals(
                "`runs:/r1` names no artifact; write runs:/run-id/path/of/file", refusal(CheckpointRef.of("runs:/r1")));
    }

    @Test
    void whereMlflowIsMustBeKnown() {
        assertEquals(
                "`runs:/r1/a.pt` needs to know where MLflow is; set MLFLOW_TRACKING_URI in the environment, or write { uri ="
                        + " \"runs:/r1/a.pt\", settings { tracking-uri = \"https://host\" } }",
                refusal(CheckpointRef.of("runs:/r1/a.pt")));
        assertEquals(
                "`databricks` is no URL of an MLflow server; write http:// or https:// and a host",
                refusal(new CheckpointRef(
                        "runs:/r1/a.pt", FetchConditions.NONE, Map.of("tracking-uri", "databricks"))));
    }
}
