package io.graft.source.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.Sha256;
import io.graft.checkpoint.source.CheckpointFetcher;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.checkpoint.source.CheckpointSources;
import io.graft.checkpoint.source.ContentRequest;
import io.graft.checkpoint.source.FetchConditions;
import io.graft.checkpoint.source.FetchedCheckpoint;
import io.graft.checkpoint.source.RemoteContent;
import io.graft.checkpoint.source.RemoteFile;
import io.graft.checkpoint.source.Version;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.gaul.s3proxy.junit.S3ProxyExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Objects in a real server that speaks S3 and checks signatures. */
class S3SourceTest {
    private static final Duration IDLE = FetchConditions.NONE.idleTimeout();

    @RegisterExtension
    private final S3ProxyExtension server =
            S3ProxyExtension.builder().withCredentials("access", "secret").build();

    private byte[] content;

    @BeforeAll
    static void giveCredentials() {
        System.setProperty("aws.accessKeyId", "access");
        System.setProperty("aws.secretAccessKey", "secret");
    }

    @AfterAll
    static void takeCredentials() {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    @BeforeEach
    void fill() {
        content = safetensors();
        try (S3Client client = client()) {
            client.createBucket(bucket -> bucket.bucket("models"));
        }
        put("a b/model.safetensors", content);
    }

    /** One tensor of four bytes. */
    private static byte[] safetensors() {
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
        byte[] file = Arrays.copyOf(new byte[] {(byte) header.length()}, 8 + header.length() + 4);
        System.arraycopy(header.getBytes(StandardCharsets.UTF_8), 0, file, 8, header.length());
        return file;
    }

    private S3Client client() {
        return S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .endpointOverride(server.getUri())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("access", "secret")))
                .build();
    }

    private void put(String key, byte[] bytes) {
        try (S3Client client = client()) {
            client.putObject(object -> object.bucket("models").key(key), RequestBody.fromBytes(bytes));
        }
    }

    private CheckpointRef ref(String uri, FetchConditions conditions) {
        return new CheckpointRef(
                uri, conditions, Map.of(S3Source.ENDPOINT, server.getUri().toString(), S3Source.PATH_STYLE, "true"));
    }

    private CheckpointRef ref(String uri) {
        return ref(uri, FetchConditions.NONE);
    }

    private RemoteFile file(String uri) throws IOException {
        return assertInstanceOf(RemoteFile.class, new S3Source().locate(ref(uri)));
    }

    private static RemoteContent.Body open(RemoteFile file, long offset, Version version) throws IOException {
        return assertInstanceOf(RemoteContent.Body.class, file.open(new ContentRequest(offset, version, IDLE)));
    }

    @Test
    void anObjectIsFetchedIntoTheCache() throws IOException {
        CheckpointFetcher fetcher = CheckpointFetcher.create();
        FetchedCheckpoint first = fetcher.fetch(ref("s3://models/a b/model.safetensors"));
        assertArrayEquals(content, Files.readAllBytes(first.path()));
        assertEquals("model.safetensors", first.path().getFileName().toString());
        assertEquals(first, fetcher.fetch(ref("s3://models/a b/model.safetensors")));
    }

    @Test
    void theRestOfAnObjectIsFetchedWhileItIsTheSame() throws IOException {
        try (RemoteFile file = file("s3://models/a b/model.safetensors")) {
            RemoteContent.Body whole = open(file, 0, Version.UNKNOWN);
            try (InputStream bytes = whole.bytes()) {
                assertArrayEquals(content, bytes.readAllBytes());
            }
            assertEquals(content.length, whole.total().orElseThrow());
            RemoteContent.Body rest = open(file, 10, whole.version());
            try (InputStream bytes = rest.bytes()) {
                assertArrayEquals(Arrays.copyOfRange(content, 10, content.length), bytes.readAllBytes());
            }
            assertEquals(10, rest.offset());
            assertEquals(content.length, rest.total().orElseThrow());
            assertEquals(whole.version(), rest.version());
            assertEquals(new RemoteContent.Unchanged(), file.open(new ContentRequest(0, whole.version(), IDLE)));
            assertEquals(
                    new RemoteContent.NothingMore(),
                    file.open(new ContentRequest(content.length, whole.version(), IDLE)));
            put("a b/model.safetensors", Arrays.copyOf(content, 20));
            assertEquals(new RemoteContent.NothingMore(), file.open(new ContentRequest(10, whole.version(), IDLE)));
        }
    }

    @Test
    void b22AMissingObjectIsToldByItsUri() {
        CheckpointException missing = assertThrows(
                CheckpointException.class, () -> CheckpointFetcher.create().fetch(ref("s3://models/none.ckpt")));
        assertEquals(CheckpointException.Reason.NOT_FOUND, missing.reason());
        assertEquals(
                "s3://models/none.ckpt: the store answers 404 NoSuchKey; check bucket and key", missing.getMessage());
    }

    @Test
    void wrongCredentialsAreTold() {
        System.setProperty("aws.secretAccessKey", "wrong");
        try {
            CheckpointException refused = assertThrows(
                    CheckpointException.class,
                    () -> CheckpointFetcher.create().fetch(ref("s3://models/a b/model.safetensors?x")));
            assertEquals(CheckpointException.Reason.UNREADABLE, refused.reason());
            assertEquals(
                    "s3://models/a b/model.safetensors?x: the store answers 403 SignatureDoesNotMatch; check the"
                            + " credentials that the AWS SDK finds, and what they may read; a missing object may be answered"
                            + " so too",
                    refused.getMessage());
        } finally {
            giveCredentials();
        }
    }

    @Test
    void aStoreThatIsNotThereIsAskedAgain() {
        FetchConditions once = new FetchConditions(
                Optional.empty(), Optional.empty(), 1, IDLE, Optional.empty(), false, Optional.empty());
        CheckpointRef nowhere = new CheckpointRef(
                "s3://models/a.pt", once, Map.of(S3Source.ENDPOINT, "http://localhost:1", S3Source.PATH_STYLE, "true"));
        CheckpointException failed = assertThrows(
                CheckpointException.class, () -> CheckpointFetcher.create().fetch(nowhere));
        assertEquals(
                "s3://models/a.pt: gave up after 1 attempt: no answer (Connection refused); try again later; what has"
                        + " arrived is kept if the server can go on from there",
                failed.getMessage());
    }

    /** On a machine that is told nothing, and that does not ask which one it is. */
    private static String failureOfNobody(CheckpointRef ref, String region) {
        Map<String, String> nowhere =
                Map.of("aws.configFile", "none", "aws.sharedCredentialsFile", "none", "aws.disableEc2Metadata", "true");
        nowhere.forEach(System::setProperty);
        if (!region.isEmpty()) {
            System.setProperty("aws.region", region);
        }
        try {
            CheckpointException failed = assertThrows(
                    CheckpointException.class, () -> CheckpointFetcher.create().fetch(ref));
            assertEquals(CheckpointException.Reason.UNREADABLE, failed.reason());
            return failed.getMessage();
        } finally {
            nowhere.keySet().forEach(System::clearProperty);
            System.clearProperty("aws.region");
        }
    }

    @Test
    void aMissingRegionIsToldInASentence() {
        assertEquals(
                "s3://models/a.pt: nobody says in which AWS region the bucket is; set AWS_REGION, or AWS_PROFILE to a profile"
                        + " of ~/.aws/config that has a region, or `region` in `settings`",
                failureOfNobody(CheckpointRef.of("s3://models/a.pt"), ""));
    }

    @Test
    void missingCredentialsAreToldInASentence() {
        takeCredentials();
        try {
            String told =
                    "s3://models/a.pt: nobody gives AWS credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or"
                            + " AWS_PROFILE to a profile of ~/.aws";
            assertEquals(told, failureOfNobody(CheckpointRef.of("s3://models/a.pt"), "eu-central-1"));
            assertEquals(told, failureOfNobody(ref("s3://models/a.pt"), ""));
        } finally {
            giveCredentials();
        }
    }

    private static String refusal(CheckpointRef ref) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> CheckpointSources.discover().taking(ref))
                .getMessage();
    }

    @Test
    void b21ALocationNeedsABucketAndAKey() {
        String write = "; write s3://bucket/key";
        assertEquals("`s3:///k` names no bucket" + write, refusal(CheckpointRef.of("s3:///k")));
        assertEquals("`s3://b/` names no object in the bucket" + write, refusal(CheckpointRef.of("s3://b/")));
        assertEquals("`s3://b` names no object in the bucket" + write, refusal(CheckpointRef.of("s3://b")));
        assertEquals("`s3:b/k` is no place in S3" + write, refusal(CheckpointRef.of("s3:b/k")));
        assertEquals(
                "`http://b/k` is no place in S3" + write,
                assertThrows(IllegalArgumentException.class, () -> new S3Source().check(CheckpointRef.of("http://b/k")))
                        .getMessage());
    }

    @Test
    void whatMeansNothingToAStoreIsRefused() {
        FetchConditions token = new FetchConditions(
                Optional.empty(), Optional.empty(), 1, IDLE, Optional.empty(), false, Optional.of("t"));
        assertEquals(
                "`s3://b/k` takes no `token`; credentials come from the environment or from ~/.aws, as with any AWS tool",
                refusal(CheckpointRef.of("s3://b/k").under(token)));
        assertEquals(
                "`localhost:9000` is no endpoint; write http:// or https:// and a host",
                refusal(new CheckpointRef(
                        "s3://b/k", FetchConditions.NONE, Map.of(S3Source.ENDPOINT, "localhost:9000"))));
    }

    @Test
    void shardsLieBesideTheirIndex() {
        S3Location index = S3Location.of(CheckpointRef.of("s3://b/a b/model.safetensors.index.json"));
        assertEquals("s3://b/a b/model-1.safetensors", index.sibling("model-1.safetensors"));
        assertEquals("s3://b/x", S3Location.of(CheckpointRef.of("s3://b/k")).sibling("x"));
    }

    /** From the address of what names them to the values. */
    @Test
    void whatLiesBesideComesAlong() throws IOException {
        Path folder = Path.of("../core/src/test/resources/fixtures/torch/distributed-ranks");
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                put("run 1/step/" + file.getFileName(), Files.readAllBytes(file));
            }
        }
        Sha256 digest = Sha256.of(folder.resolve(".metadata"));
        FetchConditions pinned = new FetchConditions(
                Optional.of(digest), Optional.empty(), 1, IDLE, Optional.empty(), true, Optional.empty());
        Path fetched = CheckpointFetcher.create()
                .fetch(ref("s3://models/run 1/step/.metadata", pinned))
                .path();
        Checkpoint there = Checkpoint.open(folder);
        Checkpoint here = Checkpoint.open(fetched);
        assertEquals(5, here.files().size());
        assertEquals(there.tensors().keySet(), here.tensors().keySet());
        for (String name : there.tensors().keySet()) {
            TensorData data = there.tensors().get(name).data();
            int length = (int) data.byteCount();
            assertEquals(data.window(0, length), here.tensors().get(name).data().window(0, length), name);
        }
    }

    @Test
    void theServerIsPartOfThePlaceInTheCache() {
        assertEquals(URI.create(new S3Source().server(CheckpointRef.of("s3://b/k"))), URI.create(""));
    }
}
