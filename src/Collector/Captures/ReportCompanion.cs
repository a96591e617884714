namespace HeapDrift.Collector.Captures;

/// <summary>A file that appears together with the report beside which it lies.</summary>
internal sealed record ReportCompanion(string FileName, string Content);
