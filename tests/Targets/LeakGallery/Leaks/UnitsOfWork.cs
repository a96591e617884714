using LeakGallery.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Warehouse.Storage;

internal interface IUnitOfWork : IDisposable
{
    void Save();
}

internal sealed class UnitOfWork : IUnitOfWork
{
    private readonly long[] _changes;

    public UnitOfWork() => _changes = new long[250]; // allocates

    public void Save() => _changes[0]++;

    public void Dispose() => _changes.AsSpan().Clear();
}

internal static class WarehouseHost
{
    public static readonly ServiceProvider Provider = new ServiceCollection().AddTransient<IUnitOfWork, UnitOfWork>().BuildServiceProvider();
}

internal sealed class StockController : IProgram
{
    public int RequestsPerSecond => 2000;

    public void Serve(int number) => Move(); // allocates

    private static void Move() => WarehouseHost.Provider.GetRequiredService<IUnitOfWork>().Save(); // allocates
}
