# VDJtools: a header that begins with # (or not); * is a stop codon, _ or ~ a
# shift of the frame.
# https://vdjtools-doc.readthedocs.io/en/master/input.html
format_vdjtools <- list(
    title = "VDJtools table",
    needs = list("cdr3aa", "v", "j", c("count", "freq", "cdr3nt")),
    columns = list(
        junction_aa = "cdr3aa", v_call = "v", j_call = "j",
        duplicate_count = "count",
        repertoire_id = c("sample_id", "sample.id")
    ),
    tidy = function(table) {
        table$junction_aa <- chartr("~", "_", table$junction_aa)
        table
    }
)

# TRUST4's <prefix>_report.tsv.
# https://github.com/liulab-dfci/TRUST4 (README, "Output")
format_trust4 <- list(
    title = "TRUST4 report",
    needs = list(
        c("CDR3aa", "CDR3_amino_acids"), "V", "J",
        c("cid", "cid_full_length", "consensus_id")
    ),
    columns = list(
        junction_aa = c("CDR3aa", "CDR3_amino_acids"), v_call = "V",
        j_call = "J", duplicate_count = c("count", "read_count"),
        sequence_id = c("cid", "consensus_id")
    ),
    # Words where the report has no protein.
    tidy = function(table) {
        shifted <- table$junction_aa %in% "out_of_frame"
        if (any(shifted)) table$productive <- ifelse(shifted, "F", "")
        table$junction_aa[table$junction_aa %in% "partial"] <- ""
        table
    }
)
