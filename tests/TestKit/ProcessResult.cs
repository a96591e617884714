namespace HeapDrift.TestKit;

/// <summary>A process that has ended, and all it printed, line by line with a newline each.</summary>
public sealed record ProcessResult(int ExitCode, string Stdout, string Stderr);
