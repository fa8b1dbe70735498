# Tables of other programs of the field, and tables of nobody's with names
# that say what they are.

# tcrdist3: both chains or one. Mayer-Blackwell et al. (2021) eLife 10:e68605.
format_tcrdist <- list(
    title = "tcrdist3 table",
    needs = list(
        c("cdr3_b_aa", "cdr3_a_aa"), c("v_b_gene", "v_a_gene")
    ),
    columns = list(
        duplicate_count = "count", repertoire_id = "subject",
        sequence_id = "clone_id"
    ),
    chains = list(
        TRA = list(junction_aa = "cdr3_a_aa", v_call = "v_a_gene",
            j_call = "j_a_gene"),
        TRB = list(junction_aa = "cdr3_b_aa", v_call = "v_b_gene",
            j_call = "j_b_gene")
    )
)

# immunarch. https://immunarch.com/articles/web_only/v2_data.html
format_immunarch <- list(
    title = "immunarch table",
    needs = list("CDR3.aa", "V.name"),
    columns = list(
        junction_aa = "CDR3.aa", v_call = "V.name", j_call = "J.name",
        duplicate_count = "Clones", locus = "chain", cell_id = "Barcode"
    )
)

# Names by which people call a CDR3's residues; never those that are
# nucleotides elsewhere.
format_table <- list(
    title = "plain table",
    needs = list(c(
        "cdr3_aa", "cdr3aa", "cdr3_amino_acid", "cdr3_amino_acids",
        "cdr3_amino_acid_sequence", "cdr3_aa_sequence", "amino_acid_cdr3",
        "cdr3_protein", "aaSeqCDR3", "amino_acid", "aminoAcid", "cdr3_beta",
        "cdr3b", "cdr3_b_aa", "cdr3"
    )),
    columns = list(
        v_call = c("v_call", "v_gene", "vgene", "v", "trbv", "v_segm",
            "v_segment", "v_name", "v_region", "bestVGene", "bestVHit",
            "vMaxResolved", "v_resolved", "v_beta", "vb", "v_b_gene"),
        j_call = c("j_call", "j_gene", "jgene", "j", "trbj", "j_segm",
            "j_segment", "j_name", "j_region", "bestJGene", "bestJHit",
            "jMaxResolved", "j_resolved", "j_beta", "jb", "j_b_gene"),
        duplicate_count = c("duplicate_count", "count", "counts", "umis",
            "umi_count", "templates", "cloneCount", "clone_count", "clones",
            "reads", "read_count", "readCount"),
        repertoire_id = "repertoire_id", sequence_id = "sequence_id",
        locus = c("locus", "chain"), productive = "productive",
        cell_id = c("cell_id", "barcode")
    )
)
format_table$columns$junction_aa <- format_table$needs[[1L]]

# GIANA's two columns, without a header: CDR3 and V gene.
looks_like_giana <- function(fields) {
    length(fields) >= 2L && looks_like_cdr3(fields[1L]) &&
        looks_like_v(fields[2L])
}

looks_like_cdr3 <- function(x) {
    grepl("^[ACDEFGHIKLMNPQRSTVWY*_]{5,60}$", x, useBytes = TRUE)
}

looks_like_v <- function(x) {
    grepl("^(TR|TCR)[ABGD]V[0-9A-Z]", x, useBytes = TRUE)
}

format_giana <- list(
    title = "columns of CDR3 and V gene without a header",
    columns = list(junction_aa = "V1", v_call = "V2", j_call = "V3")
)
