package io.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands whose checkpoints lie on a web server. */
class FetchedArgumentsTest {
    private static final String OTHER = "0".repeat(64);

    @TempDir
    Path folder;

    private Place place;
    private FileServer server;

    @BeforeEach
    void start() throws IOException {
        place = new Place(folder).with("m43/init.safetensors", "m43/init.pt");
        server = new FileServer(folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void inspectNamesTheUriWithoutItsPassword() {
        String shown = graft("inspect", "http://ann:geheim@SERVER/init.safetensors")
                .is(ExitCode.DONE)
                .out();
        String json = graft("inspect", "http://ann:geheim@SERVER/init.safetensors?token=geheim", "--json")
                .is(ExitCode.DONE)
                .out();

        assertEquals(
                "http://***@SERVER/init.safetensors", shown.lines().findFirst().orElse(""));
        assertTrue(json.contains("\"checkpoint\":{\"uri\":\"http://***@SERVER/init.safetensors?token=***\""), json);
        assertFalse((shown + json).contains("geheim"), shown + json);
        // for the file and for its configuration
        assertEquals(Collections.nCopies(4, "Basic YW5uOmdlaGVpbQ=="), server.authorizations());
    }

    @Test
    void aFileUriIsThePath() {
        String path = graft("inspect", "DIR/init.safetensors").is(ExitCode.DONE).out();
        assertEquals(
                path.replace("DIR/", "file://DIR/"),
                graft("inspect", "file://DIR/init.safetensors")
                        .is(ExitCode.DONE)
                        .out());
        assertEquals(
                graft("inspect", "DIR/init.safetensors", "--json").out(),
                graft("inspect", "file://DIR/init.safetensors", "--json").out());
    }

    @Test
    void aPickleFromElsewhereNeedsADigestOrAPermission() throws Exception {
        String digest = sha256("init.pt");
        graft("inspect", "http://SERVER/init.pt")
                .is(
                        ExitCode.CHECKPOINT,
                        "graft: http://SERVER/init.pt: a pickle-based file from elsewhere, of which nobody has said what"
                                + " it should be; add --sha256 " + digest
                                + " once you know that this is its publisher's"
                                + " digest, or --allow-pickle; safetensors needs neither\n");
        String allowed = graft("inspect", "http://SERVER/init.pt", "--allow-pickle")
                .is(ExitCode.DONE)
                .out();
        assertEquals(
                allowed,
                graft("inspect", "http://SERVER/init.pt", "--sha256", digest)
                        .is(ExitCode.DONE)
                        .out());
        assertEquals("pytorch, state_dict", allowed.lines().skip(1).findFirst().orElse(""));
    }

    @Test
    void aDistributedCheckpointComesWithItsParts() throws IOException {
        Path step = Path.of("../core/src/test/resources/fixtures/torch/distributed-ranks");
        try (Stream<Path> files = Files.list(step)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        graft("inspect", "http://SERVER/.metadata")
                .is(
                        ExitCode.CHECKPOINT,
                        "graft: http://SERVER/.metadata: an index of pickle-based files from elsewhere, which its own digest"
                                + " says nothing about; add --allow-pickle; safetensors does not need it\n");
        String here = graft("inspect", "DIR/.metadata").is(ExitCode.DONE).out();
        String there = graft("inspect", "http://SERVER/.metadata", "--allow-pickle")
                .is(ExitCode.DONE)
                .out();
        assertEquals(here.replace("DIR/", "http://SERVER/"), there);
        assertTrue(there.contains("pytorch, distributed"), there);
    }

    @Test
    void anAdapterComesWithItsConfiguration() throws Exception {
        place.with("peft/base.safetensors", "peft/lora")
                .config("base.safetensors", "{ type = lora-merge, adapter-path = lora }");
        graft("apply", "-c", "DIR/x.conf", "-o", "DIR/here").is(ExitCode.DONE);
        String uri = "http://" + server.address() + "/lora/adapter_model.safetensors";
        place.config(
                "base.safetensors",
                "{ type = lora-merge, adapter-path { uri = \"" + uri + "\", sha256 = "
                        + sha256("lora/adapter_model.safetensors") + ", token = geheim } }");
        graft("apply", "-c", "DIR/x.conf", "-o", "DIR/there").is(ExitCode.DONE);
        assertEquals(
                Place.tensors(place.path("here/model.safetensors")),
                Place.tensors(place.path("there/model.safetensors")));
        assertEquals(Collections.nCopies(3, "Bearer geheim"), server.authorizations());
        String manifest = Files.readString(place.path("there/graft-manifest.json"));
        for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
            assertTrue(manifest.contains(sha256("lora/" + file)), manifest);
        }
    }

    @Test
    void whatIsWrongWithTheConfigurationOfAnAdapterIsToldOfItsLocation() throws IOException {
        place.with("peft/base.safetensors", "peft/lora").file("lora/adapter_config.json", "{}");
        String uri = "http://" + server.address() + "/lora/adapter_model.safetensors";
        place.config("base.safetensors", "{ type = lora-merge, adapter-path = \"" + uri + "\" }");
        String empty = graft("plan", "-c", "DIR/x.conf").err();
        assertTrue(
                empty.contains(
                        "`http://SERVER/lora/adapter_config.json`: lacks `peft_type`, the kind of adapter; save the"
                                + " adapter again\n"),
                empty);
        Files.delete(place.path("lora/adapter_config.json"));
        String none = graft("plan", "-c", "DIR/x.conf").err();
        assertTrue(
                none.contains(
                        "`http://SERVER/lora/adapter_model.safetensors`: has no adapter_config.json beside it; name the"
                                + " folder that PEFT's save_pretrained wrote\n"),
                none);
    }

    @Test
    void anotherDigestIsRefusedHereAndElsewhere() throws Exception {
        String words = "its SHA-256 is " + sha256("init.safetensors") + ", and " + OTHER
                + " was expected; do not use it unless its publisher has changed it; then give the new digest\n";
        graft("inspect", "http://SERVER/init.safetensors", "--sha256", OTHER)
                .is(ExitCode.CHECKPOINT, "graft: http://SERVER/init.safetensors: " + words);
        Outcome here = graft("convert", "DIR/init.safetensors", "DIR/out.pt", "--sha256", OTHER);
        assertEquals(ExitCode.CHECKPOINT, here.code());
        assertTrue(here.err().endsWith("/init.safetensors: " + words), here.err());
        assertFalse(Files.exists(place.path("out.pt")));
        graft("inspect", "DIR/init.safetensors", "--sha256", sha256("init.safetensors"))
                .is(ExitCode.DONE);
        graft("inspect", "DIR/init.safetensors", "--sha256", "123")
                .is(ExitCode.USAGE, "graft: --sha256: `123` is no SHA-256 digest: it needs 64 hexadecimal digits\n");
    }

    @Test
    void diffComparesAFileHereWithOneElsewhere() {
        String same = graft("diff", "DIR/init.safetensors", "http://SERVER/init.pt", "--allow-pickle")
                .is(ExitCode.DONE)
                .out();
        String json = graft("diff", "http://SERVER/init.safetensors", "DIR/init.pt", "--json")
                .is(ExitCode.DONE)
                .out();

        assertEquals(
                List.of(
                        "A  DIR/init.safetensors  (safetensors, state_dict)",
                        "B  http://SERVER/init.pt  (pytorch, state_dict)"),
                same.lines().limit(2).toList());
        assertTrue(json.contains("\"a\":{\"uri\":\"http://SERVER/init.safetensors\""), json);
    }

    @Test
    void diffTakesADigestForEach() throws Exception {
        String digest = sha256("init.pt");
        String needs =
                "graft: http://SERVER/init.pt: a pickle-based file from elsewhere, of which nobody has said what it"
                        + " should be; add --sha256-%s " + digest
                        + " once you know that this is its publisher's digest, or"
                        + " --allow-pickle; safetensors needs neither\n";
        graft("diff", "http://SERVER/init.pt", "DIR/init.pt").is(ExitCode.CHECKPOINT, needs.formatted("a"));
        graft("diff", "DIR/init.pt", "http://SERVER/init.pt").is(ExitCode.CHECKPOINT, needs.formatted("b"));
        graft("diff", "http://SERVER/init.pt", "DIR/init.safetensors", "--sha256-a", digest)
                .is(ExitCode.DONE);
        graft("diff", "DIR/init.safetensors", "http://SERVER/init.pt", "--sha256-b", digest)
                .is(ExitCode.DONE);
        graft("diff", "DIR/init.safetensors", "DIR/init.pt", "--sha256-b", "12")
                .is(ExitCode.USAGE, "graft: --sha256-b: `12` is no SHA-256 digest: it needs 64 hexadecimal digits\n");
    }

    @Test
    void convertWritesWhatTheServerHas() {
        String told = graft("convert", "http://SERVER/init.pt", "DIR/out.safetensors", "--allow-pickle")
                .is(ExitCode.DONE)
                .out();
        String json = graft("convert", "http://SERVER/init.safetensors", "DIR/out.pt", "--json")
                .is(ExitCode.DONE)
                .out();

        assertEquals(
                "converted http://SERVER/init.pt (pytorch, state_dict) to safetensors",
                told.lines().findFirst().orElse(""));
        assertTrue(json.contains("\"checkpoint\":{\"uri\":\"http://SERVER/init.safetensors\""), json);
        assertEquals(Place.tensors(place.path("init.safetensors")), Place.tensors(place.path("out.safetensors")));
        assertEquals(Place.tensors(place.path("init.safetensors")), Place.tensors(place.path("out.pt")));
    }

    @Test
    void convertIntoAFolderCarriesTheConfigurationAndSaysThatNothingElseGoesAlong() throws IOException {
        String nothing = graft("convert", "http://SERVER/init.safetensors", "DIR/first/")
                .is(ExitCode.DONE)
                .out();
        assertTrue(
                nothing.contains(
                        "! what lies beside the model, such as its tokenizer, was not fetched and does not go along;"
                                + " copy it\n"),
                nothing);
        assertFalse(Files.exists(place.path("first/config.json")));

        place.file("config.json", "{ \"torch_dtype\": \"float32\" }").file("tokenizer.json", "{}");
        String some = graft("convert", "http://SERVER/init.safetensors", "DIR/second/", "--dtype", "bf16")
                .is(ExitCode.DONE)
                .out();
        assertTrue(
                some.contains("! of what lies beside the model, `config.json` alone was fetched; the rest, such as its"
                        + " tokenizer, does not go along; copy it\n"),
                some);
        assertEquals("{ \"torch_dtype\": \"bfloat16\" }", Files.readString(place.path("second/config.json")));
        assertFalse(Files.exists(place.path("second/tokenizer.json")));

        String file = graft("convert", "http://SERVER/init.safetensors", "DIR/third.safetensors")
                .is(ExitCode.DONE)
                .out();
        assertFalse(file.contains("beside the model"), file);
    }

    @Test
    void whatCannotBeFetchedIsNamedAndNothingIsWritten() {
        Map<String, String> before = place.files();
        graft("convert", "http://ann:geheim@SERVER/gone.safetensors", "DIR/out.safetensors")
                .is(
                        ExitCode.CHECKPOINT,
                        "graft: http://***@SERVER/gone.safetensors: the server answers 404; check the location\n");
        graft("diff", "DIR/init.safetensors", "acme:gone")
                .is(
                        ExitCode.CHECKPOINT,
                        "graft: acme:gone: `acme:gone`: no source takes `acme:`; at hand are file, http, https, run;"
                                + " for a file of this name, write ./acme:gone\n");
        graft("inspect", "http://ann:geheim@SERVER/a\u0007b").is(ExitCode.USAGE, """
                        graft: Invalid value for positional parameter at index 0 (PATH): `http://***@SERVER/a\\u0007b` has a control character in it
                        See `graft inspect --help`.
                        """);
        assertEquals(before, place.files());
    }

    @Test
    void keysThatSelectNothingNameTheUri() {
        graft("inspect", "http://ann:geheim@SERVER/init.safetensors", "--keys", "nothing.like.it")
                .is(
                        ExitCode.MISFIT,
                        "graft: --keys: `nothing.like.it` selects none of the 4 tensors of"
                                + " http://***@SERVER/init.safetensors\n");
    }

    private Outcome graft(String... arguments) {
        Outcome outcome = place.graft(Arrays.stream(arguments)
                .map(argument -> argument.replace(FileServer.ADDRESS, server.address()))
                .toArray(String[]::new));
        return new Outcome(
                outcome.code(),
                outcome.out().replace(server.address(), FileServer.ADDRESS),
                outcome.err().replace(server.address(), FileServer.ADDRESS));
    }

    private String sha256(String file) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(place.path(file)));
        return HexFormat.of().formatHex(digest);
    }
}
