namespace HeapDrift.TestKit;

/// <summary>
/// How a process ended. .NET reports a death by signal as 128 + signal, as a shell does, so a program that itself exits with
/// such a code looks the same here.
/// </summary>
public readonly record struct ProcessExit(int Code)
{
    private const int SignalBase = 128;
    private const int HighestSignal = 64;

    /// <summary>The terminating signal, or null where the process exited by itself.</summary>
    public int? Signal => Code is > SignalBase and <= SignalBase + HighestSignal ? Code - SignalBase : null;

    public override string ToString() => Signal is { } signal ? $"killed by signal {signal}" : $"exit code {Code}";
}
