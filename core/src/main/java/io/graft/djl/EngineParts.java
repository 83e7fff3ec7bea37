package io.graft.djl;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/**
 * The parts of DJL's PyTorch engine that a class path holds, as their jars tell it; nothing of them is loaded. A version is empty
 * where the part is missing.
 *
 * @param api version of DJL's API
 * @param engine version of DJL that {@code pytorch-engine} belongs to
 * @param pytorch version of PyTorch that {@code pytorch-engine} is made for
 * @param jni version of {@code pytorch-jni}: PyTorch's, a dash, DJL's
 * @param natives version of {@code pytorch-native-*}
 * @param flavor which build of the native library it is: {@code cpu}, {@code cu124}
 * @param classifier the platform that it is built for: {@code linux-x86_64}
 */
public record EngineParts(
        String api, String engine, String pytorch, String jni, String natives, String flavor, String classifier) {
    /** A part that is missing, or does not fit the others. */
    public record Misfit(String message, String help) {}

    /** Reads what the jars of a class path say. */
    public static EngineParts of(ClassLoader loader) {
        Properties api = properties(loader, "ai/djl/engine/api.properties");
        Properties engine = properties(loader, "pytorch-engine.properties");
        Properties jni = properties(loader, "jnilib/pytorch.properties");
        Properties natives = properties(loader, "native/lib/pytorch.properties");
        return new EngineParts(
                api.getProperty("djl_version", ""),
                engine.getProperty("djl_version", ""),
                engine.getProperty("pytorch_version", ""),
                jni.getProperty("jni_version", ""),
                natives.getProperty("version", ""),
                natives.getProperty("flavor", ""),
                natives.getProperty("classifier", ""));
    }

    /** Whether the engine's Java part is there. */
    public boolean isPresent() {
        return !engine.isEmpty();
    }

    /** Everything that keeps the parts from working together on this machine; empty if nothing does. */
    public List<Misfit> misfits() {
        if (!isPresent()) {
            return List.of(new Misfit("pytorch-engine is not on the class path", add("pytorch-engine", api)));
        }
        List<Misfit> misfits = new ArrayList<>();
        if (!api.equals(engine)) {
            misfits.add(new Misfit(
                    "pytorch-engine is of DJL " + engine + ", and DJL's API is " + api,
                    "use one version of DJL; import ai.djl:bom"));
        }
        String fittingJni = pytorch + "-" + engine;
        if (!jni.equals(fittingJni)) {
            misfits.add(new Misfit(
                    jni.isEmpty()
                            ? "pytorch-jni is not on the class path"
                            : "pytorch-jni is " + jni + ", not " + fittingJni,
                    add("pytorch-jni", fittingJni)));
        }
        if (natives.isEmpty()) {
            misfits.add(new Misfit(
                    "no pytorch-native library is on the class path",
                    add("pytorch-native-cpu (classifier " + platform() + ")", pytorch)
                            + ", or set PYTORCH_LIBRARY_PATH to the lib folder of a PyTorch " + pytorch));
        } else if (!natives.equals(pytorch) && !natives.startsWith(pytorch + "-")) {
            misfits.add(new Misfit(
                    "pytorch-native is " + natives + ", not " + pytorch, add("pytorch-native-" + flavor, pytorch)));
        } else if (!classifier.equals(platform())) {
            misfits.add(new Misfit(
                    "pytorch-native is built for " + classifier + ", and this is " + platform(),
                    "take the classifier " + platform()));
        }
        return misfits;
    }

    private static String add(String artifact, String version) {
        return "add ai.djl.pytorch:" + artifact + (version.isEmpty() ? "" : " in version " + version);
    }

    /** As the jars' classifiers are called; DJL's own class for it asks the GPU's driver. */
    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String name = system.startsWith("win") ? "win" : system.startsWith("mac") ? "osx" : "linux";
        String architecture = System.getProperty("os.arch");
        return name + "-" + (architecture.equals("amd64") ? "x86_64" : architecture);
    }

    private static Properties properties(ClassLoader loader, String path) {
        Properties properties = new Properties();
        URL file = loader.getResource(path);
        if (file == null) {
            return properties;
        }
        try (InputStream in = file.openStream()) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException unreadable) {
            return new Properties();
        }
        return properties;
    }
}
