namespace HeapDrift.Collector.Engines.EventPipe;

/// <summary>Lists the loaded modules before the walk, whose type names the <see cref="Rundown"/> makes the runtime send again.</summary>
internal static class ModuleListing
{
    /// <summary>LoaderKeyword of the rundown provider: modules and assemblies without their methods.</summary>
    private const long Loader = 0x8;

    private const int BufferMegabytes = 16;

    public static async Task<LoadedModules> ReadAsync(EventPipeConnection connection, CancellationToken cancellationToken)
    {
        var modules = new LoadedModules();
        await Rundown.ReadAsync(
            connection,
            Loader,
            BufferMegabytes,
            rundown => rundown.LoaderModuleDCStop += module => modules.Add((ulong)module.ModuleID, module.ModuleILPath ?? string.Empty),
            cancellationToken);
        return modules;
    }
}
