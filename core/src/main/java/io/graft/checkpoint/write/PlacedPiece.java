package io.graft.checkpoint.write;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A piece of a file where it will lie.
 *
 * @param at its first byte
 * @param follows whether pieces that the same pass computes come before it, which are to be computed before it is asked
 */
record PlacedPiece(Piece piece, long at, boolean follows) {
    /** In the order of the file. */
    static List<PlacedPiece> inOrder(List<Piece> pieces) {
        List<PlacedPiece> placed = new ArrayList<>(pieces.size());
        Set<Object> passes = new HashSet<>();
        long at = 0;
        for (Piece piece : pieces) {
            boolean follows =
                    piece.pass().isPresent() && !passes.add(piece.pass().get());
            placed.add(new PlacedPiece(piece, at, follows));
            at += piece.length();
        }
        return placed;
    }

    /**
     * In an order in which each pass happens once: its pieces stand where the first of them does, the longest first. No other piece
     * comes before one that lies before it, so that whoever waits for what lies before it waits for nothing else.
     */
    static List<PlacedPiece> byPasses(List<Piece> pieces) {
        Map<Object, List<PlacedPiece>> groups = new LinkedHashMap<>();
        for (PlacedPiece placed : inOrder(pieces)) {
            // Not the piece itself, which would be hashed with all that it holds.
            groups.computeIfAbsent(placed.piece.pass().orElseGet(Object::new), first -> new ArrayList<>(1))
                    .add(placed);
        }
        List<PlacedPiece> ordered = new ArrayList<>(pieces.size());
        for (List<PlacedPiece> group : groups.values()) {
            group.sort(Comparator.comparingLong(placed -> -placed.piece.length()));
            boolean follows = false;
            for (PlacedPiece placed : group) {
                ordered.add(new PlacedPiece(placed.piece, placed.at, follows));
                follows = true;
            }
        }
        return ordered;
    }

    /**
     * Whether the file's order would have most of its bytes computed in passes that happen twice: of pieces of one pass a shorter one lies
     * before the longest.
     */
    static boolean repeatsPasses(List<Piece> pieces) {
        Map<Object, Long> firsts = new HashMap<>();
        Map<Object, Long> longest = new HashMap<>();
        long bytes = 0;
        for (Piece piece : pieces) {
            bytes += piece.length();
            piece.pass().ifPresent(pass -> {
                firsts.putIfAbsent(pass, piece.length());
                longest.merge(pass, piece.length(), Math::max);
            });
        }
        long repeated = longest.entrySet().stream()
                .filter(pass -> firsts.get(pass.getKey()) < pass.getValue())
                .mapToLong(Map.Entry::getValue)
                .sum();
        return repeated > bytes / 2;
    }
}
