using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace HeapDrift.Collector.Engines.EventPipe;

/// <summary>
/// A short session before the walk. It lists the loaded modules (the rundown at its end), and it makes the runtime forget which type
/// names it has sent: otherwise a second snapshot of the same process gets none. The sampling provider does that on all runtimes
/// (dotnet-gcdump relies on it too); it is on for a few milliseconds.
/// </summary>
internal static class ModuleListing
{
    private const string SampleProfiler = "Microsoft-DotNETCore-SampleProfiler";

    /// <summary>
    /// Both, because each flushes where the other does not: the sampling provider where nobody else listens to the worker, the runtime's own
    /// where somebody does, as the agent. It forgets when it is told of keywords without Type (OnKeywordsChanged in eventtrace.cpp);
    /// the end of a session tells it of those that it had until then.
    /// </summary>
    private static readonly EventPipeProvider[] FlushingProviders =
    [
        new(SampleProfiler, EventLevel.Informational, 0),
        new("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, GcKeyword),
    ];

    private const long GcKeyword = 0x1;

    /// <summary>LoaderKeyword of the rundown provider: modules and assemblies without their methods.</summary>
    private const long LoaderRundown = 0x8;

    private const int BufferMegabytes = 16;

    public static async Task<LoadedModules> ReadAsync(EventPipeConnection connection, CancellationToken cancellationToken)
    {
        var modules = new LoadedModules();
        using EventPipeSession session = await connection.StartAsync(
            FlushingProviders, BufferMegabytes, LoaderRundown, deadline: null, cancellationToken);
        using var source = new EventPipeEventSource(session.EventStream);
        var rundown = new ClrRundownTraceEventParser(source);
        rundown.LoaderModuleDCStop += module => modules.Add((ulong)module.ModuleID, PathOf(module));
        Task<bool> reading = Task.Run(source.Process, cancellationToken);
        await EventPipeConnection.StopAsync(session, cancellationToken);
        await reading.WaitAsync(cancellationToken);
        return modules;
    }

    private static string PathOf(ModuleLoadUnloadTraceData module) => module.ModuleILPath ?? string.Empty;
}
