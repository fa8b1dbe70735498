# AIRR rearrangement tables, of any program: 10x's airr_rearrangement.tsv,
# TRUST4's and BD Rhapsody's AIRR files, exports of MiXCR.
# https://docs.airr-community.org/en/stable/datarep/rearrangements.html
format_airr <- list(
    title = "AIRR rearrangement table",
    needs = list("junction_aa"),
    # Some have CDR3s of IMGT's definition only, without their conserved ends.
    or_needs = list("cdr3_aa", "v_call", c("sequence_id", "j_call",
        "productive", "locus")),
    stripped = "cdr3_aa",
    columns = list(
        junction_aa = c("junction_aa", "cdr3_aa"), v_call = "v_call",
        j_call = "j_call",
        repertoire_id = "repertoire_id", sequence_id = "sequence_id",
        locus = "locus", productive = "productive", cell_id = "cell_id",
        is_cell = c("is_cell", "putative_cell")
    )
)

# Both chains of a receptor in a row, as pairChains() gives them.
format_paired <- list(
    title = "table of paired receptors",
    needs = list("junction_aa_alpha", "junction_aa_beta"),
    columns = list(
        duplicate_count = "duplicate_count", repertoire_id = "repertoire_id",
        sequence_id = "sequence_id", cell_id = "cell_id"
    ),
    chains = list(
        TRA = list(junction_aa = "junction_aa_alpha",
            v_call = "v_call_alpha", j_call = "j_call_alpha"),
        TRB = list(junction_aa = "junction_aa_beta",
            v_call = "v_call_beta", j_call = "j_call_beta")
    )
)
