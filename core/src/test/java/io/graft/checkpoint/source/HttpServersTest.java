package io.graft.checkpoint.source;

import static io.graft.checkpoint.source.Fetching.conditions;
import static io.graft.checkpoint.source.ScriptedServer.body;
import static io.graft.checkpoint.source.ScriptedServer.file;
import static io.graft.checkpoint.source.ScriptedServer.status;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.Sha256;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Redirects, credentials, what may come from a server at all, shards, and several processes at once. */
class HttpServersTest {
    private static final String V1 = "\"v1\"";

    @TempDir
    private Path folder;

    private Fetching fetching;
    private byte[] content;

    @BeforeEach
    void start() throws IOException {
        fetching = new Fetching(folder.resolve("cache"));
        content = Fetching.safetensors();
    }

    private static CheckpointRef withToken(String uri) {
        return CheckpointRef.of(uri)
                .under(new FetchConditions(
                        Optional.empty(),
                        Optional.empty(),
                        1,
                        FetchConditions.NONE.idleTimeout(),
                        Optional.empty(),
                        false,
                        Optional.of("secret-token")));
    }

    @Test
    void redirectsAreFollowedAndTheTokenStaysWithTheHost() throws IOException {
        try (ScriptedServer other = new ScriptedServer(file(content, V1));
                ScriptedServer server = new ScriptedServer(
                        status(302, "Location: /next"), status(307, "Location: " + other.url("/store/x?y=z")))) {
            FetchedCheckpoint fetched = fetching.fetch(withToken(server.url("/model.safetensors")));
            assertArrayEquals(content, Files.readAllBytes(fetched.path()));
            assertEquals("model.safetensors", fetched.path().getFileName().toString());
            assertEquals(List.of("Bearer secret-token", "Bearer secret-token"), server.sent("authorization"));
            assertEquals(List.of(""), other.sent("authorization"));
            assertEquals("GET /store/x?y=z HTTP/1.1", other.requests().get(0).line());
        }
    }

    @Test
    void redirectsThatLeadNowhereAreTold() throws IOException {
        try (ScriptedServer loop = new ScriptedServer(status(302, "Location: /again"));
                ScriptedServer none = new ScriptedServer(status(302));
                ScriptedServer malformed = new ScriptedServer(status(301, "Location: http://a b/"));
                ScriptedServer elsewhere = new ScriptedServer(status(301, "Location: file:///etc/passwd"))) {
            assertEquals(
                    "UNREADABLE LOCATION: more than 10 redirects follow each other; open the location in a browser to see"
                            + " where it leads",
                    fetching.failure(loop.url("/a.pt")));
            assertEquals(11, loop.requests().size());
            String nowhere = "UNREADABLE LOCATION: the server redirects to a place that is no URL of a web server";
            assertEquals(nowhere, fetching.failure(none.url("/a.pt")));
            assertEquals(nowhere, fetching.failure(elsewhere.url("/a.pt")));
            assertEquals(
                    "UNREADABLE LOCATION: the server redirects to a place that is no URL",
                    fetching.failure(malformed.url("/a.pt")));
        }
    }

    /** Each is tried once, so that what may pass is told as well. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "200|Content-Length: 9223372036854775813",
                "200|Content-Length: many",
                "200|Content-Length: 0x10",
                "302|Location: http://localhost:99999/a.pt"
            })
    void anAnswerWithAHeaderThatIsNoneEndsInASentence(String answer) throws IOException {
        int status = Integer.parseInt(answer.substring(0, 3));
        try (ScriptedServer server = new ScriptedServer(body(status, content, answer.substring(4)))) {
            assertEquals(
                    "MALFORMED LOCATION: what the server answers is no HTTP: a header such as Content-Length or Location has"
                            + " no valid value; check the location; something between here and the server may have changed"
                            + " the answer",
                    fetching.failure(withToken(server.url("/a.pt"))));
        }
    }

    @Test
    void withoutATagItsDateTellsWhetherAFileHasChanged() throws IOException {
        String date = "Wed, 21 Oct 2015 07:28:00 GMT";
        try (ScriptedServer server = new ScriptedServer(
                body(200, content, "Content-Length: " + content.length, "Last-Modified: " + date), status(304))) {
            String url = server.url("/model.safetensors");
            Path first = fetching.fetch(url).path();
            assertEquals(first, fetching.fetch(url).path());
            assertEquals(List.of("", date), server.sent("if-modified-since"));
            assertEquals(List.of("", ""), server.sent("if-none-match"));
        }
    }

    @Test
    void anUnaskedAnswerThatNothingHasChangedIsNone() throws IOException {
        try (ScriptedServer server = new ScriptedServer(status(304))) {
            assertEquals(
                    "UNREADABLE LOCATION: the server answers 304; check the location",
                    fetching.failure(server.url("/a.pt")));
        }
    }

    @Test
    void aFileThatBelongsToACheckpointNeedsNoFormat() throws IOException {
        byte[] text = "{}".getBytes(StandardCharsets.UTF_8);
        try (ScriptedServer server = new ScriptedServer(file(text, V1))) {
            CheckpointRef ref = CheckpointRef.of(server.url("/config.json"));
            FetchedCheckpoint fetched = fetching.fetcher().fetchFile(ref);
            assertArrayEquals(text, Files.readAllBytes(fetched.path()));
            assertEquals(Optional.of(Sha256.of(fetched.path())), fetched.sha256());
            assertTrue(fetched.isRemote());
            assertEquals(
                    ref.shown() + ": the file has 2 bytes, and `max-size` is 1 bytes; raise `max-size` if that is"
                            + " expected",
                    assertThrows(
                                    CheckpointException.class,
                                    () -> fetching.fetcher().fetchFile(ref.under(Fetching.atMost(1))))
                            .getMessage());
        }
        Path local = Files.write(folder.resolve("config.json"), text);
        assertEquals(
                new FetchedCheckpoint(local, Optional.empty(), false),
                fetching.fetcher().fetchFile(CheckpointRef.of(local)));
    }

    @Test
    void whatIsWrongWithAFetchedFileIsToldOfItsLocation() throws IOException {
        byte[] cut = Arrays.copyOf(content, content.length - 8);
        try (ScriptedServer server = new ScriptedServer(file(cut, V1))) {
            CheckpointRef ref = CheckpointRef.of(server.url("/model.safetensors"));
            FetchedCheckpoint fetched = fetching.fetch(ref);
            CheckpointException remote = assertThrows(
                    CheckpointException.class, () -> fetching.fetcher().open(ref, fetched));
            assertEquals(ref.shown(), remote.location());
            Path file = Files.write(folder.resolve("model.safetensors"), cut).toRealPath();
            CheckpointRef here = CheckpointRef.of(file);
            CheckpointException local = assertThrows(
                    CheckpointException.class, () -> fetching.fetcher().open(here, fetching.fetch(here)));
            assertEquals(file.toString(), local.location());
            assertEquals(local.detail(), remote.detail());
        }
    }

    @Test
    void aVersionThatNoRequestMayHaveIsNoVersion() throws IOException {
        String length = "Content-Length: " + content.length;
        try (ScriptedServer server = new ScriptedServer(
                body(200, content, length, "ETag: \"v\u00fc\"", "Last-Modified: " + "x".repeat(2000)),
                body(200, content, length))) {
            String url = server.url("/model.safetensors");
            assertArrayEquals(content, Files.readAllBytes(fetching.fetch(url).path()));
            assertArrayEquals(content, Files.readAllBytes(fetching.fetch(url).path()));
            assertEquals(List.of("", ""), server.sent("if-none-match"));
            assertEquals(List.of("", ""), server.sent("if-modified-since"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Range: bytes 9223372036854775813-1/2",
                "Content-Range: bytes -5-1/2",
                "Content-Range: rubbish",
                "X: none"
            })
    void aPartThatSaysNotWhichOneIsRefused(String header) throws IOException {
        try (ScriptedServer server = new ScriptedServer(body(206, content, header))) {
            assertEquals(
                    "UNREACHABLE LOCATION: gave up after 1 attempt: the server sends a part and does not say which; try again"
                            + " later; what has arrived is kept if the server can go on from there",
                    fetching.failure(withToken(server.url("/a.pt"))));
        }
    }

    @Test
    void theUserInAUrlIsSentAndNeverShown() throws IOException {
        try (ScriptedServer server = new ScriptedServer(file(content, V1), status(404))) {
            String url = server.url("/model.safetensors?download=true&X-Amz-Signature=abcdef")
                    .replace("http://", "http://ann:pass@");
            CheckpointRef ref = CheckpointRef.of(url);
            Path path = fetching.fetch(ref).path();
            assertEquals(List.of("Basic YW5uOnBhc3M="), server.sent("authorization"));
            assertEquals(
                    "GET /model.safetensors?download=true&X-Amz-Signature=abcdef HTTP/1.1",
                    server.requests().get(0).line());
            String shown = url.replace("ann:pass", "***").replace("abcdef", "***");
            assertEquals(shown, ref.toString());
            assertEquals(
                    "NOT_FOUND " + Fetching.LOCATION + ": the server answers 404; check the location",
                    fetching.failure(ref));
            String record = Files.readString(path.getParent().getParent().resolve("current.properties"));
            assertFalse(record.contains("pass") || record.contains("abcdef"), record);
        }
    }

    @Test
    void aHostThatIsNotThereIsTold() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        FetchConditions once = Fetching.attempts(1, FetchConditions.NONE.idleTimeout(), Optional.empty());
        String help = "; try again later; what has arrived is kept if the server can go on from there";
        assertEquals(
                "UNREACHABLE LOCATION: gave up after 1 attempt: the host localhost takes no connection" + help,
                fetching.failure(
                        CheckpointRef.of("http://localhost:" + port + "/a.pt").under(once)));
        assertEquals(
                "UNREACHABLE LOCATION: gave up after 1 attempt: the host nowhere.invalid is not known" + help,
                fetching.failure(CheckpointRef.of("http://nowhere.invalid/a.pt").under(once)));
    }

    @Test
    void aPickleFromElsewhereNeedsADigestOrPermission() throws IOException {
        byte[] pickled = Fetching.pickled();
        try (ScriptedServer server = new ScriptedServer(file(pickled, V1))) {
            CheckpointRef ref = CheckpointRef.of(server.url("/model.safetensors"));
            Sha256 digest = Sha256.of(Fixtures.path("/fixtures/m43/full7-lightning.ckpt"));
            assertEquals(
                    "REFUSED LOCATION: a pickle-based file from elsewhere, of which nobody has said what it should be; add"
                            + " sha256 = \"" + digest + "\" once you know that this is its publisher's digest, or"
                            + " allow-pickle = true; safetensors needs neither",
                    fetching.failure(ref));
            for (FetchConditions enough : List.of(
                    Fetching.conditions(Optional.of(digest), false), Fetching.conditions(Optional.empty(), true))) {
                Path path = fetching.fetch(ref.under(enough)).path();
                assertEquals("lightning", Checkpoint.open(path).content());
            }
        }
    }

    @Test
    void aFileOfNoKnownFormatIsToldOfItsLocation() throws IOException {
        byte[] text = "nonsense".getBytes(StandardCharsets.UTF_8);
        try (ScriptedServer server = new ScriptedServer(body(200, text))) {
            assertEquals(
                    "UNRECOGNISED LOCATION: not a checkpoint that Graft knows: it begins with the bytes 6e 6f 6e 73 65 6e"
                            + " 73 65; give a file of one of the formats: gguf, numpy, djl-params, pytorch, safetensors",
                    fetching.failure(server.url("/a.pt")));
        }
    }

    @Test
    void theShardsOfAnIndexComeWithIt() throws IOException {
        Path shards = Fixtures.path("bert/hf-sharded");
        try (ScriptedServer server = new ScriptedServer((request, client) -> {
            String name = request.line().replaceAll("GET /bert/(.*)\\?rev=2 HTTP/1.1", "$1");
            file(Files.readAllBytes(shards.resolve(name)), "\"" + name + "\"").to(request, client);
        })) {
            String url = server.url("/bert/model.safetensors.index.json?rev=2");
            Path index = fetching.fetch(url).path();
            Checkpoint there = Checkpoint.open(shards);
            Checkpoint here = Checkpoint.open(index);
            assertEquals(there.tensors().keySet(), here.tensors().keySet());
            assertEquals(7, server.requests().size());
            assertEquals(index, fetching.fetch(url).path());
        }
    }

    @Test
    void anIndexOfPicklesIsTakenWithPermissionOnly() throws IOException {
        Path shards = Fixtures.path("/fixtures/torch/sharded");
        try (ScriptedServer server = new ScriptedServer((request, client) -> {
            String name = request.line().replaceAll("GET /sharded/(.*) HTTP/1.1", "$1");
            file(Files.readAllBytes(shards.resolve(name)), "\"" + name + "\"").to(request, client);
        })) {
            CheckpointRef index = CheckpointRef.of(server.url("/sharded/pytorch_model.bin.index.json"));
            Sha256 digest = Sha256.of(shards.resolve("pytorch_model.bin.index.json"));
            for (Optional<Sha256> known : List.of(Optional.<Sha256>empty(), Optional.of(digest))) {
                assertEquals(
                        "REFUSED LOCATION: an index of pickle-based files from elsewhere, which its own digest says"
                                + " nothing about; add allow-pickle = true; safetensors does not need it",
                        fetching.failure(index.under(conditions(known, false))));
            }
            assertEquals(1, server.requests().size());
            Path here = fetching.fetch(index.under(conditions(Optional.of(digest), true)))
                    .path();
            assertEquals(
                    Checkpoint.open(shards).tensors().keySet(),
                    Checkpoint.open(here).tensors().keySet());
        }
    }

    private static ScriptedServer serving(Path folder, String at) throws IOException {
        return new ScriptedServer((request, client) -> {
            String name = request.line().replaceAll("GET /" + at + "/(.*) HTTP/1.1", "$1");
            file(Files.readAllBytes(folder.resolve(name)), '"' + name + '"').to(request, client);
        });
    }

    @Test
    void thePartsOfADistributedCheckpointComeWithItsMetadata() throws IOException {
        Path folder = Fixtures.path("/fixtures/torch/distributed-ranks");
        try (ScriptedServer server = serving(folder, "step")) {
            CheckpointRef metadata = CheckpointRef.of(server.url("/step/.metadata"));
            Optional<Sha256> digest = Optional.of(Sha256.of(folder.resolve(".metadata")));
            for (Optional<Sha256> known : List.of(Optional.<Sha256>empty(), digest)) {
                assertEquals(
                        "REFUSED LOCATION: an index of pickle-based files from elsewhere, which its own digest says"
                                + " nothing about; add allow-pickle = true; safetensors does not need it",
                        fetching.failure(metadata.under(conditions(known, false))));
            }
            assertEquals(1, server.requests().size());
            CheckpointRef allowed = metadata.under(conditions(digest, true));
            Path here = fetching.fetch(allowed).path();
            Checkpoint there = Checkpoint.open(folder);
            Checkpoint fetched = Checkpoint.open(here);
            assertEquals(there.tensors().keySet(), fetched.tensors().keySet());
            for (String name : there.tensors().keySet()) {
                TensorData data = there.tensors().get(name).data();
                int length = (int) data.byteCount();
                assertEquals(
                        data.window(0, length),
                        fetched.tensors().get(name).data().window(0, length),
                        name);
            }
            assertEquals(5, server.requests().size());
            assertEquals(here, fetching.fetch(allowed).path());
        }
    }

    @Test
    void anIndexOfPicklesIsOneWhateverItIsCalled() throws IOException {
        Path metadata = Fixtures.path("/fixtures/torch/distributed-ranks/.metadata");
        try (ScriptedServer server = new ScriptedServer(file(Files.readAllBytes(metadata), V1))) {
            CheckpointRef download = CheckpointRef.of(server.url("/download"));
            assertEquals(
                    "REFUSED LOCATION: an index of pickle-based files from elsewhere, which its own digest says"
                            + " nothing about; add allow-pickle = true; safetensors does not need it",
                    fetching.failure(download.under(conditions(Optional.of(Sha256.of(metadata)), false))));
            assertEquals(1, server.requests().size());
        }
    }

    @Test
    void aPartThatIsNotThereIsToldByItsLocation() throws IOException {
        byte[] metadata = Files.readAllBytes(Fixtures.path("/fixtures/torch/distributed-ranks/.metadata"));
        try (ScriptedServer server = new ScriptedServer(file(metadata, V1), status(404))) {
            CheckpointRef ref =
                    CheckpointRef.of(server.url("/step/.metadata")).under(conditions(Optional.empty(), true));
            assertEquals(
                    server.url("/step/__0_0.distcp") + ": the server answers 404; check the location",
                    assertThrows(CheckpointException.class, () -> fetching.fetch(ref))
                            .getMessage());
        }
    }

    @Test
    void anIndexThatLeadsOutOfItsFolderIsRefused() throws IOException {
        byte[] index = Files.readAllBytes(Fixtures.path("hostile/traversal/model.safetensors.index.json"));
        try (ScriptedServer server = new ScriptedServer(file(index, V1))) {
            String failure = fetching.failure(server.url("/model.safetensors.index.json"));
            assertEquals(
                    "REFUSED LOCATION: it names a file that does not lie beside it: `../../outside.safetensors`; only those"
                            + " are fetched; do not use it unless you know who wrote it",
                    failure);
            assertEquals(1, server.requests().size());
        }
    }

    @Test
    @Tag("slow")
    void b18TwoProcessesDownloadOnce() throws Exception {
        CountDownLatch bothAsked = new CountDownLatch(1);
        try (ScriptedServer server = new ScriptedServer((request, client) -> {
            bothAsked.await();
            file(content, "").to(request, client);
        })) {
            String url = server.url("/model.safetensors");
            Process first = FetchProcess.start(folder, url, Map.of());
            Process second = FetchProcess.start(folder, url, Map.of());
            FetchProcess.awaitAsked(first);
            FetchProcess.awaitAsked(second);
            bothAsked.countDown();
            String path = FetchProcess.result(first);
            assertEquals(path, FetchProcess.result(second));
            assertArrayEquals(content, Files.readAllBytes(Path.of(path)));
            assertEquals(1, server.requests().size());
        }
    }

    @Test
    @Tag("slow")
    void aServerWithACertificateIsTrustedAsJavaIsToldAndMayNotLeadBackToHttp() throws Exception {
        Path keys = folder.resolve("keys.p12");
        new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start()
                .waitFor();
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.setHttpsConfigurator(new HttpsConfigurator(context(keys)));
        server.createContext("/", exchange -> {
            if (exchange.getRequestURI().getPath().equals("/away")) {
                exchange.getResponseHeaders().set("Location", "http://localhost/model.safetensors");
                exchange.sendResponseHeaders(302, -1);
            } else {
                exchange.sendResponseHeaders(200, content.length);
                exchange.getResponseBody().write(content);
            }
            exchange.close();
        });
        ExecutorService workers = Executors.newCachedThreadPool();
        server.setExecutor(workers);
        server.start();
        try {
            String base = "https://localhost:" + server.getAddress().getPort();
            Map<String, String> trust =
                    Map.of("javax.net.ssl.trustStore", keys.toString(), "javax.net.ssl.trustStorePassword", "changeit");
            String path = FetchProcess.result(FetchProcess.start(folder, base + "/model.safetensors", trust));
            assertArrayEquals(content, Files.readAllBytes(Path.of(path)));
            assertEquals(
                    base
                            + "/away: the server redirects from https to http, where anybody on the way can change the file;"
                            + " give the location of a server that keeps to https",
                    FetchProcess.result(FetchProcess.start(folder, base + "/away", trust)));
        } finally {
            server.stop(0);
            workers.shutdownNow();
        }
    }

    private static SSLContext context(Path keys) throws Exception {
        char[] password = "changeit".toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, password);
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
