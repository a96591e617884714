namespace HeapDrift.Profiling.Reports;

/// <summary>The JSON Schema (draft 7) of <c>report.json</c>, as it ships inside this assembly.</summary>
internal static class ReportSchema
{
    private const string Resource = "report.schema.json";

    public static string Read()
    {
        using Stream stream = typeof(ReportSchema).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"the assembly was built without {Resource}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
