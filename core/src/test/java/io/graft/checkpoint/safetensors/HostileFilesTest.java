package io.graft.checkpoint.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.Fixtures;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
class HostileFilesTest {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            beyond-end.safetensors       | the header describes a file of 77 bytes, but it has 73 (cut off)
            duplicate.safetensors        | the header holds tensor 'a' twice
            empty.safetensors            | the file is empty (0 bytes)
            header-200mb.safetensors     | the header claims 200000000 bytes, and the format allows 100000000
            header-too-long.safetensors  | the header claims 4611686018427387904 bytes, and the format allows 100000000
            hole.safetensors             | the data of 'b' begin at byte 16, leaving a gap after 'a', which ends at 8
            negative-shape.safetensors   | shape of tensor 'a' must hold whole numbers from 0 on, written plainly
            not-json.safetensors         | the header is not UTF-8
            overflow-shape.safetensors   | tensor 'a' has the shape [1099511627776, 1099511627776], more than can be addressed
            overlap.safetensors          | the data of 'b' begin at byte 4, overlapping 'a', which ends at 8
            reversed-offsets.safetensors | data_offsets of tensor 'a' end at 0, before they begin at 8
            trailing.safetensors         | the header describes a file of 77 bytes, but it has 133
            unknown-dtype.safetensors    | tensor 'a' has the unknown dtype 'F33'
            wrong-bytes.safetensors      | tensor 'a' has 8 bytes, but F32 [3] takes 12
            traversal                    | the index names the shard '../../outside.safetensors', which is not a plain path below its folder
            """)
    void refusesQuicklyAndInLittleMemory(String name, String detail) {
        Path path = Fixtures.path("hostile/" + name);
        CheckpointException refused = assertTimeoutPreemptively(
                LIMIT,
                () -> assertThrows(CheckpointException.class, () -> allocatingLittle(() -> Checkpoint.open(path))));
        assertEquals(detail, refused.detail());
        assertFalse(refused.getMessage().contains("\n"));
    }

    @Test
    void boundsTheEntriesOfALargeHeader(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("many.safetensors");
        int count = 250_000;
        try (OutputStream out = Files.newOutputStream(file)) {
            StringBuilder header = new StringBuilder("{");
            for (int i = 0; i < count; i++) {
                header.append(i == 0 ? "" : ",").append(Bytes.entry("t" + i, "U8", "[0]", 0, 0));
            }
            byte[] json = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(json.length)
                    .array());
            out.write(json);
        }
        CheckpointException refused = assertThrows(CheckpointException.class, () -> Checkpoint.open(file));
        assertEquals("the header holds more than 200000 tensors", refused.detail());
    }

    private static void allocatingLittle(Runnable open) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        try {
            open.run();
        } finally {
            long allocated =
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            assertTrue(allocated < 16 << 20, allocated + " bytes allocated");
        }
    }
}
