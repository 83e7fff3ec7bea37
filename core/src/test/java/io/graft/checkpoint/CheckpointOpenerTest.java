package io.graft.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.graft.checkpoint.CheckpointException.Reason;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointOpenerTest {
    private final ClassLoader contextLoader = Thread.currentThread().getContextClassLoader();
    private final String home = System.getProperty("user.home");

    @TempDir
    Path temporary;

    private Path folder;

    @BeforeEach
    void resolve() throws IOException {
        folder = temporary.toRealPath();
    }

    @AfterEach
    void restore() {
        Thread.currentThread().setContextClassLoader(contextLoader);
        System.setProperty("user.home", home);
    }

    @Test
    void whatAFileNamesBesideItselfIsKnownWithoutTheOthers() throws IOException {
        for (String whole : List.of("epd/model.safetensors", "/fixtures/m43/full7.pt")) {
            assertEquals(Set.of(), filesBeside(Fixtures.path(whole)), whole);
        }
        assertEquals(Set.of(), filesBeside(Files.writeString(folder.resolve("notes.txt"), "of no known format")));
        assertEquals(
                Set.of("__0_0.distcp", "__1_0.distcp", "__2_0.distcp", "__3_0.distcp"),
                filesBeside(Files.copy(
                        Fixtures.path("/fixtures/torch/distributed-ranks/.metadata"), folder.resolve("any"))));
        for (String index : List.of(
                "/fixtures/torch/sharded/pytorch_model.bin.index.json",
                "bert/hf-sharded/model.safetensors.index.json")) {
            Path there = Fixtures.path(index);
            Set<String> shards = new TreeSet<>();
            Checkpoint.open(there)
                    .files()
                    .forEach(file -> shards.add(file.getFileName().toString()));
            shards.remove(there.getFileName().toString());
            assertEquals(shards, filesBeside(Files.copy(there, folder.resolve(there.getFileName()))));
        }
    }

    private static Set<String> filesBeside(Path file) {
        return Checkpoint.filesBeside(file, CheckpointOpenerTest.class.getClassLoader());
    }

    @Test
    @DisplayName("A13, A14 the content decides, whatever the name")
    void contentDecides() throws IOException {
        for (String name : List.of("x.safetensors", "X.CKPT", "x.bin", "x")) {
            Path file = Files.copy(Fixtures.path("epd/model.safetensors"), folder.resolve(name));
            assertEquals("safetensors", Checkpoint.open(file).format());
        }
    }

    @Test
    @DisplayName("A15 a folder without a model")
    void folderWithoutModel() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertRefused(Reason.NOT_FOUND, empty, "a folder that is empty", "give the checkpoint file itself", empty);
        Path models = Files.createDirectory(folder.resolve("models"));
        Files.createDirectory(models.resolve("runs"));
        Files.writeString(models.resolve("config.json"), "{}");
        Files.writeString(models.resolve("last.ckpt"), "");
        assertRefused(
                Reason.NOT_FOUND,
                models,
                "a folder that holds no model.safetensors, no pytorch_model.bin, no index of shards, no model.pt and no model.gguf, but config.json,"
                        + " last.ckpt, runs/",
                "give the checkpoint file itself, `" + models.resolve("last.ckpt") + "`",
                models);
        for (int i = 0; i < 10; i++) {
            Files.writeString(models.resolve("epoch" + i + ".ckpt"), "");
        }
        assertEquals(
                "a folder that holds no model.safetensors, no pytorch_model.bin, no index of shards, no model.pt and no model.gguf, but config.json,"
                        + " epoch0.ckpt, epoch1.ckpt, epoch2.ckpt, epoch3.ckpt, epoch4.ckpt, epoch5.ckpt, epoch6.ckpt and 5"
                        + " more",
                refusal(models).detail());
    }

    @Test
    void folderWithModel() throws IOException {
        Path model = Files.copy(Fixtures.path("epd/model.safetensors"), folder.resolve("model.safetensors"));
        assertEquals(model, Checkpoint.open(folder).path());
        assertEquals(List.of(), Checkpoint.open(folder).warnings());
        Files.writeString(folder.resolve("model.safetensors.index.json"), "{\"weight_map\": {}}");
        Checkpoint both = Checkpoint.open(folder);
        assertEquals(model, both.path());
        assertEquals(
                List.of("the folder also holds model.safetensors.index.json, which was not used, because"
                        + " model.safetensors comes first"),
                both.warnings());
        Files.copy(Fixtures.path("/fixtures/m43/init.pt"), folder.resolve("pytorch_model.bin"));
        assertEquals(
                "the folder also holds pytorch_model.bin, which was not used, because model.safetensors comes first",
                Checkpoint.open(folder).warnings().get(1));
        Files.delete(model);
        Files.delete(folder.resolve("model.safetensors.index.json"));
        assertEquals(
                folder.resolve("pytorch_model.bin"), Checkpoint.open(folder).path());
    }

    @Test
    @DisplayName("A17 a missing file, and one in a missing folder")
    void missing() throws IOException {
        Path sub = Files.createDirectory(folder.resolve("sub"));
        assertRefused(
                Reason.NOT_FOUND, sub.resolve("x.ckpt"), "no such file", "its folder is empty", sub.resolve("x.ckpt"));
        Files.writeString(sub.resolve("y.ckpt"), "");
        assertRefused(
                Reason.NOT_FOUND,
                sub.resolve("x.ckpt"),
                "no such file",
                "its folder holds y.ckpt",
                sub.resolve("x.ckpt"));
        for (String other : List.of("a.txt", "m.pt", "model-09.ckpt", "model-10.ckpt", "zmodel-00.ckpt", "z.conf")) {
            Files.writeString(sub.resolve(other), "");
        }
        assertRefused(
                Reason.NOT_FOUND,
                sub.resolve("model-00.ckpt"),
                "no such file",
                "its folder holds model-09.ckpt, model-10.ckpt, zmodel-00.ckpt, m.pt, y.ckpt",
                sub.resolve("model-00.ckpt"));
        assertRefused(
                Reason.NOT_FOUND,
                sub.resolve("no/where/x.ckpt"),
                "no such file: its folder does not exist either",
                "check the path, which is right up to " + sub,
                sub.resolve("no/where/x.ckpt"));
    }

    @Test
    @DisplayName("A18 home folder and links")
    void homeAndLinks() throws IOException {
        Path file = Files.copy(Fixtures.path("epd/model.safetensors"), folder.resolve("m.ckpt"));
        System.setProperty("user.home", folder.toString());
        assertEquals(file, Checkpoint.open(Path.of("~/m.ckpt")).path());
        assertEquals(Path.of("~/m.ckpt").getNameCount(), 2);
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("m.ckpt"));
        Checkpoint linked = Checkpoint.open(link);
        assertEquals(file, linked.path());
        assertEquals(file, linked.tensors().values().iterator().next().range().file());
        Path broken = Files.createSymbolicLink(folder.resolve("broken"), Path.of("gone"));
        assertRefused(
                Reason.NOT_FOUND,
                broken,
                "a link to gone, which does not exist",
                "repair the link or give the file itself",
                broken);
        System.setProperty(
                "user.home", Files.createDirectory(folder.resolve("home")).toString());
        assertEquals("a folder that is empty", refusal(Path.of("~")).detail());
    }

    @Test
    void emptyFile() throws IOException {
        Path file = Files.createFile(folder.resolve("f"));
        assertRefused(Reason.MALFORMED, file, "the file is empty (0 bytes)", "save or download it again", file);
    }

    @Test
    void unreadableFile() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "secret");
        assumeTrue(file.toFile().setReadable(false) && !Files.isReadable(file), "a superuser reads everything");
        assertRefused(Reason.UNREADABLE, file, "the file may not be read", "check its permissions", file);
    }

    @Test
    void notAFile() {
        Path device = Path.of("/dev/null");
        assumeTrue(Files.exists(device));
        assertRefused(
                Reason.UNREADABLE, device, "not a regular file", "give a file or a folder that holds one", device);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            <!DOCTYPE html><html>       | UNRECOGNISED | this is an HTML page, probably a login or error page in place of the download | download the checkpoint again and check that you may read it
            '  <HTML lang=en>'          | UNRECOGNISED | this is an HTML page, probably a login or error page in place of the download | download the checkpoint again and check that you may read it
            '﻿<html>'              | UNRECOGNISED | this is an HTML page, probably a login or error page in place of the download | download the checkpoint again and check that you may read it
            <?xml version='1.0'?><html> | UNRECOGNISED | this is an HTML page, probably a login or error page in place of the download | download the checkpoint again and check that you may read it
            <?xml version='1.0'?><Error>| UNRECOGNISED | this is an XML document, probably the error of a file store in place of the download | download the checkpoint again and check that you may read it
            version https://git-lfs.github.com/spec/v1 | UNRECOGNISED | this is a Git LFS pointer, which stands for the checkpoint but does not hold it | fetch the content with: git lfs pull
            graft { model.checkpoint = x } | UNRECOGNISED | this is a configuration of Graft, not a checkpoint | give it with -c, as in `graft plan -c FILE`, or give a checkpoint that it names
            '{"graft": {"output": 1}}' | UNRECOGNISED | this is a configuration of Graft, not a checkpoint | give it with -c, as in `graft plan -c FILE`, or give a checkpoint that it names
            {"error": "not found"}      | UNRECOGNISED | this is a JSON document | give the checkpoint or its shard index (*.index.json)
            """)
    void foreignText(String content, Reason reason, String detail, String help) throws IOException {
        Path file = Files.writeString(folder.resolve("f.safetensors"), content);
        assertRefused(reason, file, detail, help, file);
    }

    /** Field reports, section 6: files of ONNX, TensorFlow, Flax, TensorFlow Lite and others. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            89 48 44 46 0d 0a 1a 0a | UNSUPPORTED  | this is an HDF5 file, as Keras writes       | save the tensors with safetensors.numpy.save_file in Python
            1f 8b 08 00             | UNRECOGNISED | this is a compressed archive                | unpack it and give the checkpoint inside
            37 7a bc af 27 1c       | UNRECOGNISED | this is a compressed archive                | unpack it and give the checkpoint inside
            28 b5 2f fd             | UNRECOGNISED | this is a compressed archive                | unpack it and give the checkpoint inside
            80 04 95 10 00 00 00    | REFUSED      | this is a bare Python pickle, a program that Graft never runs | save the state dict with safetensors.torch.save_file in Python, if you trust the file
            80 05 95 10             | REFUSED      | this is a bare Python pickle, a program that Graft never runs | save the state dict with safetensors.torch.save_file in Python, if you trust the file
            08 07 12 07 70 79 74 6f 72 63 68 | UNSUPPORTED | this is an ONNX model, for which no format is on the class path | add graft-format-onnx to the class path or to the extensions
            1c 00 00 00 54 46 4c 33 14 00 20 00 | UNSUPPORTED | this is a TensorFlow Lite model | give the checkpoint that it was converted from; its weights have no names that tell where they belong
            08 01 12 fe 8f 2c 0a 22 | UNSUPPORTED | this is the graph of a TensorFlow SavedModel, which holds no weights | save the model's variables with safetensors.tensorflow.save_file in Python
            00 00 04 08 01 57 fb 80 8b 24 75 47 db | UNSUPPORTED | this is the index of a TensorFlow checkpoint | read it with tf.train.load_checkpoint in Python and save it with safetensors.numpy.save_file
            82 a6 70 61 72 61 6d 73 81 | UNSUPPORTED | this is a msgpack file, as Flax writes its parameters | read it with flax.serialization.msgpack_restore in Python and save it with safetensors.flax.save_file
            80 02 8a 0a 6c fc 9c 46 f9 20 6a a8 50 19 2e | UNSUPPORTED | this is a PyTorch checkpoint in the container used before PyTorch 1.6 | load it with weights_only=True in Python and save it again
            """)
    void foreignBytes(String hex, Reason reason, String detail, String help) throws IOException {
        Path file = write("f.safetensors", hex);
        assertOnlySafetensorsRefuses(reason, detail, help, file);
    }

    /** Field reports, section 6: a tar of torch 0.1, and one of NeMo. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            model.safetensors    | UNRECOGNISED | this is a compressed archive | unpack it and give the checkpoint inside
            ./model_config.yaml  | UNSUPPORTED  | this is a NeMo model, a tar archive | unpack it and give model_weights.ckpt, or the folder model_weights
            sys_info             | UNSUPPORTED  | this is a PyTorch checkpoint of version 0.1, a tar archive | load it with torch.load in Python and save it again
            """)
    void tapeArchives(String first, Reason reason, String detail, String help) throws IOException {
        byte[] tape = new byte[1024];
        System.arraycopy(first.getBytes(StandardCharsets.US_ASCII), 0, tape, 0, first.length());
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tape, 257, 5);
        assertOnlySafetensorsRefuses(reason, detail, help, Files.write(folder.resolve("a.tar"), tape));
    }

    /** Field reports, section 6: folders of DeepSpeed, of a distributed checkpoint, of TensorFlow and of Orbax. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            __0_0.distcp | the folder is a distributed checkpoint of PyTorch without its .metadata | get that file as well; it says where each tensor lies
            zero_to_fp32.py | the folder is a checkpoint of DeepSpeed, in parts | make one file of it: python zero_to_fp32.py FOLDER model.safetensors --safe_serialization
            mp_rank_00_model_states.pt | the folder is a checkpoint of DeepSpeed, in parts | make one file of it: python zero_to_fp32.py FOLDER model.safetensors --safe_serialization
            saved_model.pb | the folder is a SavedModel of TensorFlow | save its variables with safetensors.tensorflow.save_file in Python
            model.ckpt.data-00000-of-00001 | the folder is a checkpoint of TensorFlow | read it with tf.train.load_checkpoint in Python and save it with safetensors.numpy.save_file
            _CHECKPOINT_METADATA | the folder is a checkpoint of Orbax, as JAX and Flax write it | restore it in Python and save it with safetensors.flax.save_file
            """)
    void foreignFolders(String name, String detail, String help) throws IOException {
        Files.createFile(folder.resolve(name));
        CheckpointException refused = refusal(folder);
        assertEquals(Reason.UNSUPPORTED, refused.reason());
        assertEquals(detail, refused.detail());
        assertEquals(help, refused.help());
    }

    @ParameterizedTest
    @CsvSource({"80, 80", "80 06 00, 80 06 00", "7f 04 95, 7f 04 95", "08 07 12 50 70 79 74, 08 07 12 50 70 79 74"})
    void whatIsOnlyLikeAKnownKind(String hex, String shown) throws IOException {
        Path file = write("f", hex);
        assertEquals(
                "not a checkpoint that Graft knows: it begins with the bytes " + shown,
                refusal(file).detail());
    }

    @Test
    void theFilesOfACheckpointAreItsIndexAndItsShards() throws IOException {
        Path sharded = Fixtures.path("bert/hf-sharded").toRealPath();
        Checkpoint checkpoint = Checkpoint.open(sharded);
        assertEquals(7, checkpoint.files().size());
        assertEquals(
                sharded.resolve("model-00001-of-00006.safetensors"),
                checkpoint.files().first());
        assertEquals(
                sharded.resolve("model.safetensors.index.json"),
                checkpoint.files().last());
        assertEquals(checkpoint.path(), Checkpoint.fileOf(sharded));
        Path single = Fixtures.path("epd/model.safetensors").toRealPath();
        assertEquals(Set.of(single), Checkpoint.open(single).files());
    }

    @Test
    void whatIsReadFromAPickleIsKnownByItsContent() {
        assertTrue(Checkpoint.isPickled(Fixtures.path("/fixtures/m43/init.pt"), contextLoader));
        assertFalse(Checkpoint.isPickled(Fixtures.path("epd/model.safetensors"), contextLoader));
        assertTrue(new FoundFormat().readsPickle(), "as long as the contrary is not known");
    }

    @Test
    void foreignZips() throws IOException {
        assertOnlySafetensorsRefuses(
                Reason.UNSUPPORTED,
                "this is a PyTorch checkpoint (zip with data.pkl), for which no format is on the class path",
                "save the state dict with safetensors.torch.save_file in Python",
                zip("pth", "m/data.pkl", "m/data/0"));
        assertOnlySafetensorsRefuses(
                Reason.UNRECOGNISED,
                "this is a zip archive without data.pkl",
                "unpack it and give the checkpoint inside",
                zip("zip", "readme.txt"));
    }

    @Test
    void unknownContentShowsItsFirstBytesAndTheFormats() throws IOException {
        Path file = write("f.ckpt", "de ad be ef 00 01 02 03 04");
        CheckpointException refused = refusal(file);
        assertEquals(Reason.UNRECOGNISED, refused.reason());
        assertEquals(
                "not a checkpoint that Graft knows: it begins with the bytes de ad be ef 00 01 02 03",
                refused.detail());
        assertTrue(refused.help().startsWith("give a file of one of the formats: "), refused.help());
        assertTrue(refused.help().contains("safetensors"), refused.help());
    }

    @Test
    void hostileHtmlAndPickle() {
        assertEquals(
                "this is an HTML page, probably a login or error page in place of the download",
                refusal(Fixtures.path("hostile/html.ckpt")).detail());
        CheckpointException pickle = assertThrows(
                CheckpointException.class, () -> onlySafetensors(Fixtures.path("hostile/payload-legacy.pt")));
        assertEquals("this is a bare Python pickle, a program that Graft never runs", pickle.detail());
    }

    @Test
    void aBrokenProviderDoesNotStopOpening() throws IOException {
        contextServices("io.graft.NoSuchFormat\n" + BrokenFormat.class.getName() + "\n");
        assertEquals(
                "safetensors",
                Checkpoint.open(Fixtures.path("epd/model.safetensors")).format());
        Path file = write("f", "de ad be ef");
        String help = refusal(file).help();
        assertTrue(
                help.contains(
                        "(`io.graft.NoSuchFormat` of extension lists io.graft.NoSuchFormat, which is not in it; "),
                help);
        assertTrue(help.endsWith(BrokenFormat.class.getName() + " failed: out of order)"), help);
    }

    @Test
    void aServicesFileThatCannotBeParsedDoesNotStopOpening() throws IOException {
        contextServices("this is not a class name\n");
        assertEquals(
                "safetensors",
                Checkpoint.open(Fixtures.path("epd/model.safetensors")).format());
    }

    @Test
    void formatsOfTheContextClassLoaderAreFoundAndOpened() throws IOException {
        contextServices(FoundFormat.class.getName() + "\n");
        Path file = Files.writeString(folder.resolve("f"), "FOUND");
        assertEquals("found", Checkpoint.open(file).format());
    }

    @Test
    void whatAFormatCannotReadIsToldAlikeOfAll() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "CLOSED");
        assertEquals(
                file + ": the file cannot be read (the disk is gone)",
                assertThrows(
                                CheckpointException.class,
                                () -> CheckpointOpener.open(file, only(new FailingFormat("the disk is gone"))))
                        .getMessage());
        CheckpointException denied = assertThrows(
                CheckpointException.class,
                () -> CheckpointOpener.open(
                        file,
                        only(new FailingFormat(new AccessDeniedException(
                                folder.resolve("shard").toString())))));
        assertEquals(
                folder.resolve("shard") + ": the file may not be read; check its permissions", denied.getMessage());
        assertEquals(Reason.UNREADABLE, denied.reason());
    }

    @Test
    void aShardThatCannotBeRead() throws IOException {
        Path index = Files.writeString(
                folder.resolve("model.safetensors.index.json"), "{\"weight_map\": {\"a\": \"a.safetensors\"}}");
        Files.createDirectory(folder.resolve("a.safetensors"));
        CheckpointException refused = refusal(folder);
        assertEquals(index + ": the file cannot be read (Is a directory)", refused.getMessage());
        assertEquals(Reason.UNREADABLE, refused.reason());
    }

    /** Fails when it opens a file. */
    private record FailingFormat(IOException failure) implements CheckpointFormat {
        FailingFormat(String message) {
            this(new IOException(message));
        }

        @Override
        public String id() {
            return "failing";
        }

        @Override
        public boolean recognizes(Path file, ByteBuffer head) {
            return true;
        }

        @Override
        public Checkpoint open(Path file) throws IOException {
            throw failure;
        }
    }

    /** Fails when it is asked. */
    public static final class BrokenFormat implements CheckpointFormat {
        @Override
        public String id() {
            return "broken";
        }

        @Override
        public boolean recognizes(Path file, ByteBuffer head) {
            throw new IllegalStateException("out of order");
        }

        @Override
        public Checkpoint open(Path file) {
            throw new AssertionError("not recognized");
        }
    }

    /** Takes files that begin with {@code FOUND}. */
    public static final class FoundFormat implements CheckpointFormat {
        @Override
        public String id() {
            return "found";
        }

        @Override
        public boolean recognizes(Path file, ByteBuffer head) {
            return StandardCharsets.US_ASCII.decode(head).toString().startsWith("FOUND");
        }

        @Override
        public Checkpoint open(Path file) {
            return new Checkpoint(file, id(), "state_dict", java.util.Map.of(), java.util.Map.of(), List.of());
        }
    }

    private void contextServices(String content) throws IOException {
        Path services = Files.createDirectories(folder.resolve("extension/META-INF/services"));
        Files.writeString(services.resolve(CheckpointFormat.class.getName()), content);
        URL[] urls = {folder.resolve("extension").toUri().toURL()};
        Thread.currentThread()
                .setContextClassLoader(new URLClassLoader(urls, CheckpointOpenerTest.class.getClassLoader()));
    }

    private Path write(String name, String hex) throws IOException {
        String[] digits = hex.split(" ");
        byte[] bytes = new byte[digits.length];
        for (int i = 0; i < digits.length; i++) {
            bytes[i] = (byte) Integer.parseInt(digits[i], 16);
        }
        return Files.write(folder.resolve(name), bytes);
    }

    private Path zip(String name, String... members) throws IOException {
        Path file = folder.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (String member : members) {
                zip.putNextEntry(new ZipEntry(member));
                zip.write(new byte[2000]);
            }
        }
        return file;
    }

    private static Checkpoint onlySafetensors(Path file) {
        return CheckpointOpener.open(file, only(new io.graft.checkpoint.safetensors.SafetensorsFormat()));
    }

    private static CheckpointFormats only(CheckpointFormat format) {
        return new CheckpointFormats(List.of(format), new ArrayList<>());
    }

    private static CheckpointException refusal(Path path) {
        return assertThrows(CheckpointException.class, () -> Checkpoint.open(path));
    }

    /** Kinds that another format on the class path may take. */
    private static void assertOnlySafetensorsRefuses(Reason reason, String detail, String help, Path file) {
        CheckpointException refused = assertThrows(CheckpointException.class, () -> onlySafetensors(file));
        assertEquals(file + ": " + detail + "; " + help, refused.getMessage());
        assertEquals(reason, refused.reason());
    }

    private static void assertRefused(Reason reason, Path named, String detail, String help, Path path) {
        CheckpointException refused = refusal(path);
        assertEquals(named + ": " + detail + "; " + help, refused.getMessage());
        assertEquals(reason, refused.reason());
    }
}
