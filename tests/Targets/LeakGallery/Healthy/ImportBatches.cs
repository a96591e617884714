using LeakGallery.Hosting;

namespace Imports.Batches;

internal sealed record Row(int Number, byte[] Fields);

/// <summary>Rows are collected and written out together every few seconds.</summary>
internal sealed class ImportBatches : IProgram
{
    private static readonly List<Row> Batch = [];

    public int RequestsPerSecond => 5000;

    public int Written { get; private set; }

    public void Serve(int number)
    {
        Batch.Add(new Row(number, new byte[700]));
        if (Batch.Count == 9000)
        {
            Written += Batch.Count;
            Batch.Clear();
        }
    }
}
