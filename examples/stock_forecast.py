"""Forecast tomorrow's close from the last 60 trading days.

It runs, its loss looks plausible and its chart is wrong. Run `rnnlint` on it to see why.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler
from tensorflow.keras.layers import LSTM, Dense, Dropout
from tensorflow.keras.models import Sequential

WINDOW = 60
TRAIN_SHARE = 0.8


def windows(series, size):
    """Each run of `size` days with the day that follows it."""
    x, y = [], []
    for end in range(size, len(series)):
        x.append(series[end - size:end])
        y.append(series[end, 0])
    return np.array(x), np.array(y)


quotes = pd.read_csv("quotes.csv", parse_dates=["Date"], index_col="Date")
close = quotes[["Close"]].to_numpy()

scaler = StandardScaler()
scaled = scaler.fit_transform(close)

n_train = int(len(scaled) * TRAIN_SHARE)
X_train, y_train = windows(scaled[:n_train], WINDOW)
X_test, y_test = windows(scaled[n_train:], WINDOW)

model = Sequential([
    LSTM(50, activation="relu", return_sequences=True, input_shape=(WINDOW, 1)),
    Dropout(0.2),
    LSTM(50, activation="relu"),
    Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="mean_squared_error")
model.fit(X_train, y_train, epochs=50, batch_size=32)

forecast = scaler.inverse_transform(model.predict(X_test))
actual = scaler.inverse_transform(y_test.reshape(-1, 1))
print("RMSE:", np.sqrt(np.mean((forecast - actual) ** 2)))

plt.plot(actual, label="actual")
plt.plot(forecast, label="forecast")
plt.legend()
plt.savefig("forecast.png")
