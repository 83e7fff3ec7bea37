package io.graft.convert;

import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.Sha256;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.extension.BuildVersion;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** What lies beside the files of a conversion and tells that Graft wrote them, so that a later run may replace them. */
final class ConversionManifest {
    private ConversionManifest() {}

    /** Writes it into the folder of the files. */
    static WrittenFile write(Path folder, List<WrittenFile> files) throws IOException {
        byte[] text = json(files).getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve(ModelFiles.MANIFEST);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            Channels.newOutputStream(channel).write(text);
            channel.force(true);
        }
        return new WrittenFile(file, text.length, Sha256.of(text).hex());
    }

    private static String json(List<WrittenFile> files) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeNumberProperty("schema", 1);
            json.writeStringProperty("tool", "graft");
            json.writeStringProperty(
                    "version", BuildVersion.of(ConversionManifest.class).orElse("development"));
            json.writeStringProperty("command", "convert");
            json.writeStringProperty("status", "ok");
            json.writeArrayPropertyStart("outputs");
            for (WrittenFile file : files) {
                json.writeStartObject();
                json.writeStringProperty("path", file.path().getFileName().toString());
                json.writeNumberProperty("bytes", file.bytes());
                json.writeStringProperty("sha256", file.sha256());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.append('\n').toString();
    }
}
