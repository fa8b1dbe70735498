# MiXCR's exportClones, versions 1 (headers with spaces), 2, 3 and 4.
# https://mixcr.com/mixcr/reference/mixcr-export
format_mixcr <- list(
    title = "MiXCR clone table",
    needs = list(
        c("aaSeqCDR3", "AA. Seq. CDR3", "aaSeqImputedCDR3"),
        c("bestVHit", "bestVGene", "allVHitsWithScore", "allVHits",
            "Best V hit", "Best V gene", "All V hits", "cloneCount",
            "Clone count", "readCount", "cloneId")
    ),
    columns = list(
        junction_aa = c("aaSeqCDR3", "AA. Seq. CDR3", "aaSeqImputedCDR3"),
        v_call = c("bestVHit", "Best V hit", "bestVGene", "Best V gene",
            "allVHitsWithScore", "allVHits", "All V hits"),
        j_call = c("bestJHit", "Best J hit", "bestJGene", "Best J gene",
            "allJHitsWithScore", "allJHits", "All J hits"),
        duplicate_count = c("uniqueMoleculeCount", "uniqueUMICount",
            "readCount", "cloneCount", "Clone count"),
        sequence_id = c("cloneId", "Clone ID"),
        locus = c("topChains", "chains"),
        productive = c("isProductive", "isProductiveCDR3"),
        cell_id = c("tagValueCELL", "tagValueCELL0")
    ),
    hits = TRUE
)
