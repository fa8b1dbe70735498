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

# IMGT/HighV-QUEST, the file of residues (5_AA-sequences.txt). That of
# nucleotides has the same header, and is refused by what it holds.
# https://www.imgt.org/HighV-QUEST/doc
format_imgt <- list(
    title = "IMGT/HighV-QUEST table",
    needs = list("V-GENE and allele", "JUNCTION", "CDR3-IMGT"),
    columns = list(junction_aa = "JUNCTION")
)

# Usual names only.
format_table <- list(
    title = "plain table",
    needs = list(c(usual_names$junction_aa, unlist(
        lapply(usual_chain_names, `[[`, "junction_aa"), use.names = FALSE
    ))),
    columns = list(junction_aa = usual_names$junction_aa),
    chains = usual_chain_names
)

# GIANA's two columns, without a header: CDR3 and V gene.
looks_like_giana <- function(fields) {
    length(fields) >= 2L && looks_like_cdr3(fields[1L]) &&
        looks_like_v(fields[2L])
}

format_giana <- list(
    title = "columns of CDR3 and V gene without a header"
)

# immundata's annotations.parquet. What it holds for a repertoire goes before
# what the columns of the input say; `imd_chain_count` is the count of a row.
# https://immunomind.github.io/docs/guides/data_schema
format_immundata <- list(
    title = "immundata annotations",
    needs = list(c("imd_receptor_id", "imd_barcode"), c("junction_aa",
        "cdr3_aa", "cdr3", "CDR3.aa")),
    columns = list(
        junction_aa = c("junction_aa", "cdr3_aa", "cdr3", "CDR3.aa"),
        v_call = c("v_call", "V.name"), j_call = c("j_call", "J.name"),
        duplicate_count = c(usual_names$duplicate_count, "Clones",
            "imd_chain_count"),
        repertoire_id = "imd_repertoire_id", cell_id = "imd_barcode"
    )
)
