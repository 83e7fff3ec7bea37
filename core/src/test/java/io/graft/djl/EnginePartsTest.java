package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the jars of an engine say of themselves, and which of them fit together. */
class EnginePartsTest {
    @TempDir
    Path folder;

    private final String platform =
            EngineParts.of(EnginePartsTest.class.getClassLoader()).classifier();

    @Test
    void thePartsOfThisBuildFit() {
        EngineParts parts = EngineParts.of(EnginePartsTest.class.getClassLoader());

        assertEquals(parts.pytorch() + "-" + parts.engine(), parts.jni());
        assertEquals("cpu", parts.flavor());
        assertEquals(List.of(), parts.misfits());
    }

    @Test
    void theEngineStartsAndComputes() {
        StartedEngine engine = StartedEngine.start();

        assertEquals(EngineParts.of(EnginePartsTest.class.getClassLoader()).pytorch(), engine.version());
        assertTrue(engine.devices().contains("cpu()"), engine.devices().toString());
        assertTrue(Files.isDirectory(Path.of(engine.library())), engine.library());
    }

    @Test
    void noEngine() throws IOException {
        assertMisfits("pytorch-engine is not on the class path; add ai.djl.pytorch:pytorch-engine in version 0.36.0");
    }

    @Test
    void noNatives() throws IOException {
        engine("0.36.0", "2.7.1");
        assertMisfits(
                "pytorch-jni is not on the class path; add ai.djl.pytorch:pytorch-jni in version 2.7.1-0.36.0",
                "no pytorch-native library is on the class path; add ai.djl.pytorch:pytorch-native-cpu (classifier "
                        + platform
                        + ") in version 2.7.1, or set PYTORCH_LIBRARY_PATH to the lib folder of a PyTorch 2.7.1");
    }

    @Test
    void versionsThatDoNotFit() throws IOException {
        engine("0.35.0", "2.5.1");
        write("jnilib/pytorch.properties", "jni_version=2.7.1-0.36.0");
        write("native/lib/pytorch.properties", "version=2.7.1-2025\nflavor=cu124\nclassifier=" + platform);
        assertMisfits(
                "pytorch-engine is of DJL 0.35.0, and DJL's API is 0.36.0; use one version of DJL; import ai.djl:bom",
                "pytorch-jni is 2.7.1-0.36.0, not 2.5.1-0.35.0; add ai.djl.pytorch:pytorch-jni in version 2.5.1-0.35.0",
                "pytorch-native is 2.7.1-2025, not 2.5.1; add ai.djl.pytorch:pytorch-native-cu124 in version 2.5.1");
    }

    @Test
    void anotherPlatform() throws IOException {
        engine("0.36.0", "2.7.1");
        write("jnilib/pytorch.properties", "jni_version=2.7.1-0.36.0");
        write("native/lib/pytorch.properties", "version=2.7.1-2025\nflavor=cpu\nclassifier=vax-11");
        assertMisfits(
                "pytorch-native is built for vax-11, and this is " + platform + "; take the classifier " + platform);
    }

    private void engine(String djl, String pytorch) throws IOException {
        write("pytorch-engine.properties", "djl_version=" + djl + "\npytorch_version=" + pytorch);
    }

    private void write(String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void assertMisfits(String... lines) throws IOException {
        write("ai/djl/engine/api.properties", "djl_version=0.36.0");
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
            assertEquals(
                    List.of(lines),
                    EngineParts.of(loader).misfits().stream()
                            .map(misfit -> misfit.message() + "; " + misfit.help())
                            .toList());
        }
    }
}
