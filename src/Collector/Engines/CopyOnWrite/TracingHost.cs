using System.Runtime.InteropServices;
using HeapDrift.Collector.Native;

namespace HeapDrift.Collector.Engines.CopyOnWrite;

/// <summary>What this process brings along, whatever the worker is.</summary>
internal sealed record TracingHost
{
    public required int Pid { get; init; }

    public required Architecture Architecture { get; init; }

    /// <summary>The error with which a system call filter answers ptrace(2); null where none does.</summary>
    public required int? PtraceFilterError { get; init; }

    public static TracingHost Look() => new()
    {
        Pid = Environment.ProcessId,
        Architecture = RuntimeInformation.ProcessArchitecture,
        PtraceFilterError = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? PtraceProbe.FilterError() : null,
    };
}
