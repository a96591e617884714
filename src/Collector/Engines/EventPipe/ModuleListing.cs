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

    /// <summary>LoaderKeyword of the rundown provider: modules and assemblies without their methods.</summary>
    private const long LoaderRundown = 0x8;

    private const int BufferMegabytes = 16;

    public static async Task<LoadedModules> ReadAsync(EventPipeConnection connection, CancellationToken cancellationToken)
    {
        var modules = new LoadedModules();
        using EventPipeSession session = await connection.StartAsync(
            SampleProfiler, keywords: 0, BufferMegabytes, LoaderRundown, deadline: null, cancellationToken);
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
