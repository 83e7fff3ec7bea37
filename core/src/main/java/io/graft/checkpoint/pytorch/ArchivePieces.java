package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.FileBacked;
import io.graft.checkpoint.bytes.Checksum;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Piece;
import io.graft.checkpoint.write.PieceChecksum;
import io.graft.checkpoint.write.PlannedFile;
import io.graft.checkpoint.zip.ZipLayout;
import io.graft.checkpoint.zip.ZipMember;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** An archive in the making: its members, one after the other, as pieces of a file. */
final class ArchivePieces {
    private final ZipLayout layout = new ZipLayout();
    private final List<Piece> pieces = new ArrayList<>();
    private final List<Crc> crcs = new ArrayList<>();

    /** A checksum, when it is known. */
    @FunctionalInterface
    private interface Crc {
        long get() throws IOException;
    }

    /** A member of another archive, as it lies there. */
    ZipLayout.Member keep(ZipMember member, FileBacked packed) {
        ZipLayout.Member kept = layout.add(member.name(), member.method(), member.packedSize(), member.size());
        add(kept, Piece.of(packed), member::crc);
        return kept;
    }

    ZipLayout.Member put(String name, byte[] content) {
        ZipLayout.Member member = layout.add(name, content.length);
        long crc = Checksum.of(content);
        add(member, Piece.of(content), () -> crc);
        return member;
    }

    ZipLayout.Member put(String name, OutputTensor tensor) {
        return put(name, tensor.dtype().byteCount(tensor.shape()), checksum -> Piece.of(tensor, checksum));
    }

    /** A member whose checksum is taken while it is written. */
    ZipLayout.Member put(String name, long size, Function<PieceChecksum, Piece> content) {
        ZipLayout.Member member = layout.add(name, size);
        PieceChecksum checksum = new PieceChecksum(size);
        add(member, content.apply(checksum), checksum::await);
        return member;
    }

    private void add(ZipLayout.Member member, Piece content, Crc crc) {
        crcs.add(crc);
        pieces.add(Piece.of(member.localHeader()));
        pieces.add(content);
        pieces.add(new Piece.Late(member.descriptorSize(), () -> member.descriptor(crc.get())));
    }

    /** Bytes of the whole archive. */
    long size() {
        return layout.size();
    }

    List<ZipLayout.Member> members() {
        return layout.members();
    }

    /** The file, when all members are there. */
    PlannedFile planned(String name, PlannedFile.Check check) {
        List<Piece> all = new ArrayList<>(pieces);
        all.add(new Piece.Late(layout.directorySize(), this::directory));
        return new PlannedFile(name, all, check);
    }

    private byte[] directory() throws IOException {
        List<Long> known = new ArrayList<>();
        for (Crc crc : crcs) {
            known.add(crc.get());
        }
        return layout.directory(known);
    }
}
